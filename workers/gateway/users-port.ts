import { RpcTarget } from 'cloudflare:workers';
import type { Handed } from '../auth/messages/message.ts';
import type { CallPort } from '../auth/users/call-port.ts';
import type { ProjectStub } from './project-stub.ts';
import type { MailContext } from './settings/mail.ts';
import { shareMail } from './settings/shared-mail.ts';

/** The users of one project, for a call. */
export class ProjectUsersPort extends RpcTarget implements CallPort {
  readonly #object: ProjectStub;
  readonly #project: string;
  readonly #context: MailContext;
  /** Nobody will ask any more. */
  readonly closed: Promise<void>;
  readonly #close: () => void;

  constructor(object: ProjectStub, project: string, context: MailContext) {
    super();
    this.#object = object;
    this.#project = project;
    this.#context = context;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#close = resolve;
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  rows(...operation: Parameters<CallPort['rows']>): ReturnType<CallPort['rows']> {
    return this.#object.userRows(...operation);
  }

  enter(...attempt: Parameters<CallPort['enter']>): ReturnType<CallPort['enter']> {
    return this.#object.userEnters(...attempt);
  }

  succeeded(...attempt: Parameters<CallPort['succeeded']>): ReturnType<CallPort['succeeded']> {
    return this.#object.userSucceeded(...attempt);
  }

  upgrade(...upgrade: Parameters<CallPort['upgrade']>): ReturnType<CallPort['upgrade']> {
    return this.#object.userUpgrades(...upgrade);
  }

  merge(...users: Parameters<CallPort['merge']>): ReturnType<CallPort['merge']> {
    return this.#object.userMerges(...users);
  }

  lost(...message: Parameters<CallPort['lost']>): ReturnType<CallPort['lost']> {
    return this.#object.userLost(...message);
  }

  share(...[message]: Parameters<CallPort['share']>): Promise<Handed> {
    return shareMail(this.#context, this.#project, this.#object, message);
  }
}
