/**
 * Signing in, in an isolate of its own: what takes time (hashing) holds nobody up, and what it weighs is loaded only where
 * somebody signs in. It has no database and no secrets: both come with each call.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { RowsPort } from '@betterbase/providers/rows';
import { networkRules, type CurrentCall, withCall } from './current-call.ts';
import { type AdminsAuth, createAdminsAuth, doForAdmins } from './admins/admins-auth.ts';
import type { AdminsAnswer, AdminsOrder } from './admins/admins-order.ts';
import { guardedFetch } from './guarded-fetch.ts';
import { KeptInstances } from './kept-instances.ts';
import type { MailOrder } from './messages/mail-order.ts';
import type { MessageOrder, ShownMessage } from './messages/message-order.ts';
import { openMessages } from './messages/open-messages.ts';
import { showMessage } from './messages/show-message.ts';
import type { CallPort } from './users/call-port.ts';
import { keepOpen } from './users/keep-open.ts';
import { messagesOf } from './users/messages-of.ts';
import { answerUsers } from './users/answer-users.ts';
import { createUsersAuth, type UsersAuth } from './users/users-auth.ts';
import type { UsersCall } from './users/users-call.ts';

/** Projects whose instances are kept in memory. */
const mostProjects = 200;
const projects = new KeptInstances<UsersAuth>(mostProjects);

// better-auth asks the network by this name. Where the isolate is compiled in, what is no call of ours goes on as it did.
globalThis.fetch = guardedFetch(globalThis.fetch, networkRules);

const noRows: RowsPort = {
  rows: () => Promise.reject(new Error('Mail has no rows.')),
};

let adminsAuth: AdminsAuth | null = null;

export class AuthIsolate extends WorkerEntrypoint {
  /** A request to the `/auth` of a project. */
  async users(request: Request, call: UsersCall, given: CallPort): Promise<Response> {
    const { context } = call;
    const auth = await projects.get(`${context.project} ${call.origin}`, context.version, () =>
      createUsersAuth(call, messagesOf(call, fetch)),
    );
    const { port, later, answered } = keepOpen(given, (work) => this.ctx.waitUntil(work));
    try {
      return await answerUsers(request, { auth, call, port, later });
    } finally {
      answered();
    }
  }

  /** A message of the installation itself. Answers with what went wrong; null: it was taken. */
  async mail({ message, values, isDevelopment }: MailOrder): Promise<string | null> {
    const settings = { twilio_account_sid: '', twilio_auth_token: '', twilio_phone_number: '' };
    const port = openMessages({ settings, values, isDevelopment, fetch, shared: null });
    try {
      await withCall(this.#ownCall(noRows, isDevelopment), () => port.send(message));
      return null;
    } catch (failure) {
      return failure instanceof Error ? failure.message : String(failure);
    }
  }

  /** A message of a project, for those who develop it. */
  async message(order: MessageOrder, port: CallPort): Promise<ShownMessage> {
    return await withCall(this.#ownCall(noRows, order.isDevelopment), () => showMessage(order, { fetch, shared: port }));
  }

  /** Something for the installation's admins. */
  async admins(order: AdminsOrder, rows: RowsPort): Promise<AdminsAnswer> {
    adminsAuth ??= createAdminsAuth();
    const auth = adminsAuth;
    return await withCall(this.#ownCall(rows, false), () => doForAdmins(auth, order));
  }

  #ownCall(rows: RowsPort, isDevelopment: boolean): CurrentCall {
    const later = (work: Promise<unknown>): void => this.ctx.waitUntil(work);
    return { rows, isDevelopment, later, shared: null, lost: async () => {}, merge: null, upgrading: null, told: {} };
  }
}
