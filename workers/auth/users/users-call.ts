import type { UsersContext } from '../../../durable-objects/project/users/users-context.ts';

/** One request to a project's `/auth`. */
export interface UsersCall {
  readonly context: UsersContext;
  /** Where the installation is reached, without a path. */
  readonly origin: string;
}
