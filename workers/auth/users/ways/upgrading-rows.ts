import type { Row, RowAnswer, RowCondition, RowOperation, RowsPort } from '@betterbase/providers/rows';
import { APIError } from 'better-auth/api';
import type { CallPort } from '../call-port.ts';

/** What a new account says of its user; all else stays as it was. */
const told = ['name', 'email', 'emailVerified', 'image', 'phoneNumber', 'phoneNumberVerified', 'updatedAt'] as const;

/**
 * The rows of one request, in which somebody without an account may get one: what would have been a new user becomes who they are.
 *
 * Holds: that user until something comes that belongs to them, so that both are written together.
 */
export class UpgradingRows implements RowsPort {
  readonly #port: CallPort;
  #user: Row | null = null;
  #held: Row | null = null;

  constructor(port: CallPort) {
    this.#port = port;
  }

  /** The next user that is made is this one. */
  async begin(user: string): Promise<void> {
    const where = [is('id', user), is('isAnonymous', 1)];
    const { rows } = await this.#port.rows({ do: 'find', table: 'user', where, limit: 1, offset: 0, sort: null });
    this.#user = rows[0] ?? null;
  }

  async rows(operation: RowOperation): Promise<RowAnswer> {
    if (operation.do !== 'insert') return await this.#port.rows(operation);
    const user = this.#user;
    if (operation.table === 'user' && user !== null) {
      const set: Row = Object.fromEntries(told.flatMap((name) => (operation.row[name] == null ? [] : [[name, operation.row[name]]])));
      this.#held = set;
      return { rows: [{ ...user, ...set, isAnonymous: 0 }], count: 1 };
    }
    return this.#held === null || operation.row['userId'] !== user?.['id']
      ? await this.#port.rows(operation)
      : await this.#write(operation);
  }

  /** The request has been answered: nothing else comes. Another answer where that is not to be. */
  async finish({ status }: Response): Promise<Response | null> {
    if (this.#held === null || status >= 400) return null;
    try {
      await this.#write(null);
      return null;
    } catch (failure) {
      if (!(failure instanceof APIError)) throw failure;
      return Response.json(failure.body, { status: failure.statusCode });
    }
  }

  /** @throws APIError where somebody was faster */
  async #write(first: RowOperation | null): Promise<RowAnswer> {
    const [set, user] = [this.#held ?? {}, String(this.#user?.['id'])];
    this.#held = null;
    this.#user = null;
    const done = await this.#port.upgrade({ user, set, first });
    if (done.ok) return done.answer;
    const { code, message } = done.error;
    if (code === 'auth/upgraded') throw new APIError('CONFLICT', { code: 'ANONYMOUS_USER_HAS_ACCOUNT', message });
    if (code === 'auth/account-exists') throw new APIError('UNPROCESSABLE_ENTITY', { code: 'USER_ALREADY_EXISTS', message });
    throw new Error(message);
  }
}

function is(field: string, value: string | number): RowCondition {
  return { field, operator: 'eq', value, connector: 'AND', mode: 'sensitive' };
}
