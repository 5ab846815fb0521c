import type { UsersContext } from '../../../durable-objects/project/users/users-context.ts';

/** One request to a project's `/auth`. */
export interface UsersCall {
  readonly context: UsersContext;
  /** Where the installation is reached, without a path. */
  readonly origin: string;
  readonly isDevelopment: boolean;
  /** Of whoever asks; null where the network does not say. */
  readonly address: string | null;
}
