/**
 * The errors that functions throw in BetterBase's own words. They are app errors: message, code and suggestion
 * reach the caller as `error.data`.
 */
import { AppError } from './app-error.ts';

export interface IaCErrorData {
  readonly message: string;
  /** The app's own, for machines: `OUT_OF_STOCK`. */
  readonly code: string;
  readonly suggestion?: string;
  readonly docsUrl?: string;
  /** Which fields are wrong, and how. */
  readonly fields?: { readonly [field: string]: string };
}

type More = Omit<IaCErrorData, 'message' | 'code'>;

/** @example throw new IaCError('The shelf is empty', 'OUT_OF_STOCK', { suggestion: 'Order more.' }); */
export class IaCError extends AppError<{ [Field in keyof IaCErrorData]: IaCErrorData[Field] }> {
  override readonly name: string = 'IaCError';

  constructor(message: string, code: string, more: More = {}) {
    super({ message, code, ...more });
    this.message = message;
  }

  get code(): string {
    return this.data.code;
  }

  get suggestion(): string | undefined {
    return this.data.suggestion;
  }

  get docsUrl(): string | undefined {
    return this.data.docsUrl;
  }
}

/** What was given is not what is needed; `fields` says where. */
export class ValidationError extends IaCError {
  override readonly name: string = 'ValidationError';

  constructor(message: string, more: More = {}) {
    super(message, 'VALIDATION_ERROR', more);
  }
}

export class DatabaseError extends IaCError {
  override readonly name: string = 'DatabaseError';

  constructor(message: string, more: More = {}) {
    super(message, 'DATABASE_ERROR', more);
  }
}

/** Whoever calls is not signed in, or may not do this. */
export class AuthError extends IaCError {
  override readonly name: string = 'AuthError';

  constructor(message: string, more: More = {}) {
    super(message, 'AUTH_ERROR', more);
  }
}

export class NotFoundError extends IaCError {
  override readonly name: string = 'NotFoundError';

  constructor(message: string, more: More = {}) {
    super(message, 'NOT_FOUND', more);
  }
}
