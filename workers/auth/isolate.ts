/**
 * Signing in, in an isolate of its own: what takes time (hashing) holds nobody up, and what it weighs is loaded only where
 * somebody signs in. It has no database and no secrets: both come with each call.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { RowsPort } from '@betterbase/providers/rows';
import { toAnswer } from './answer.ts';
import { withCall, type CurrentCall } from './current-call.ts';
import { type AdminsAuth, createAdminsAuth, doForAdmins } from './admins/admins-auth.ts';
import type { AdminsAnswer, AdminsOrder } from './admins/admins-order.ts';
import { KeptInstances } from './kept-instances.ts';
import { createUsersAuth, type UsersAuth } from './users/users-auth.ts';
import type { UsersCall } from './users/users-call.ts';

/** Projects whose instances are kept in memory. */
const mostProjects = 200;
const projects = new KeptInstances<UsersAuth>(mostProjects);

let adminsAuth: AdminsAuth | null = null;

export class AuthIsolate extends WorkerEntrypoint {
  /** A request to the `/auth` of a project. */
  async users(request: Request, call: UsersCall, rows: RowsPort): Promise<Response> {
    const auth = projects.get(`${call.context.project} ${call.origin}`, call.context.secret, () => createUsersAuth(call));
    const current: CurrentCall = { rows, told: {} };
    return await toAnswer(await withCall(current, () => auth.handler(request)), current.told);
  }

  /** Something for the installation's admins. */
  async admins(order: AdminsOrder, rows: RowsPort): Promise<AdminsAnswer> {
    adminsAuth ??= createAdminsAuth();
    const auth = adminsAuth;
    return await withCall({ rows, told: {} }, () => doForAdmins(auth, order));
  }
}
