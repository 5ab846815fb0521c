/** A project's users with everything but the network: the object's own tables in memory, and better-auth. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import { createCipher } from '@betterbase/providers/cipher';
import { nodeDisk } from '../../../durable-objects/project/test/node-disk.ts';
import { ProjectUsers } from '../../../durable-objects/project/users/project-users.ts';
import type { LostMessage } from '../../../durable-objects/project/users/users-context.ts';
import { KeptInstances } from '../kept-instances.ts';
import type { Message } from '../messages/message.ts';
import { answerUsers } from '../users/answer-users.ts';
import type { CallPort } from '../users/call-port.ts';
import { createUsersAuth, type UsersAuth } from '../users/users-auth.ts';

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what a stranger would get, and compares it with what it expects.
  readonly body: any;
  readonly location: string | null;
  /** As a browser would bring them back. */
  readonly cookies: string;
}

export interface Asking {
  readonly token?: string | undefined;
  readonly challenge?: string | undefined;
  readonly address?: string;
  readonly origin?: string | undefined;
  readonly cookies?: string;
}

export class UsersBench {
  /** ms since 1970 */
  now = Date.now();
  readonly disk = nodeDisk();
  readonly messages: Message[] = [];
  /** What could not be sent. */
  readonly lost: LostMessage[] = [];
  /** Users who were sent away. */
  readonly ended: string[] = [];
  readonly values: Record<string, string> = {};
  readonly project: string;
  readonly users: ProjectUsers;
  readonly origin = 'http://127.0.0.1:3000';
  isDevelopment = true;
  /** Operations on rows, by what they do to which table. */
  readonly operations: string[] = [];
  /** Whether nobody who is looked for by address or number is ever found, or found to be missing. */
  hangs = false;
  /** Ends the process at the operation that is so many away. */
  crash: { in: number; readonly when: 'before' | 'after' } | null = null;
  /** The app's own mutation. */
  moveUser: (path: string, args: string) => boolean = () => false;
  readonly #instances = new KeptInstances<UsersAuth>(1);
  #later: Promise<unknown>[] = [];

  constructor(project = 'shop') {
    this.project = project;
    this.users = new ProjectUsers({
      project,
      disk: this.disk,
      cipher: createCipher('a secret of the installation', `users of ${project}`),
      environment: { revision: 0, values: this.values, open: async () => {} },
      newSecret: () => crypto.randomUUID() + crypto.randomUUID(),
      now: () => this.now,
      ended: (user) => this.ended.push(user),
      mirror: { schema: () => null, apply: async () => {}, guard: async () => {} },
      moveUser: async (path, args) => this.moveUser(path, args),
    });
  }

  async set(settings: Partial<AuthSettings>): Promise<void> {
    const changed = await this.users.changeSettings(settings);
    if (!changed.ok) throw new Error(changed.error.message);
  }

  get(path: string, asking: Asking = {}): Promise<Answer> {
    return this.#ask('GET', path, undefined, asking);
  }

  post(path: string, body: object = {}, asking: Asking = {}): Promise<Answer> {
    return this.#ask('POST', path, body, asking);
  }

  /** Somebody with an account, signed in. */
  async signUp(email: string, password = 'correct horse battery'): Promise<{ readonly id: string; readonly token: string }> {
    const { status, body } = await this.post('/sign-up/email', { name: email, email, password });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return { id: body.user.id, token: body.token };
  }

  /** The newest message, once everything was sent. */
  async message(): Promise<Message> {
    await this.sent();
    const message = this.messages.at(-1);
    if (message === undefined) throw new Error('Nothing was sent.');
    return message;
  }

  async sent(): Promise<void> {
    const later = this.#later;
    this.#later = [];
    await Promise.all(later);
  }

  /** As a stranger sends it, with what only browsers bring along. */
  async fetch(request: Request): Promise<Response> {
    const known = await this.users.context();
    if (!known.ok) throw new Error(known.error.message);
    const address = request.headers.get('cf-connecting-ip');
    const call = { context: known.context, origin: this.origin, isDevelopment: this.isDevelopment, address };
    const messages = { send: async (message: Message) => void this.messages.push(message) };
    const auth = await this.#instances.get('only', known.context.version, () => createUsersAuth(call, messages));
    const { users } = this;
    const port: CallPort = {
      rows: (operation) => {
        this.operations.push(`${operation.do} ${operation.table}`);
        const isLookup = 'where' in operation && operation.where.some(({ field }) => field === 'email' || field === 'phoneNumber');
        if (this.hangs && isLookup) return new Promise(() => {});
        return this.#written(() => users.rows(operation));
      },
      enter: (...attempt) => users.enter(...attempt),
      succeeded: (...attempt) => users.succeeded(...attempt),
      upgrade: (upgrade) => this.#written(() => users.upgrade(upgrade)),
      merge: (...ids) => users.merge(...ids),
      lost: async (message) => void this.lost.push(message),
      share: async () => ({ ok: false, isNobody: true, reason: '' }),
    };
    return await answerUsers(request, { auth, call, port, later: (work) => this.#later.push(work) });
  }

  async #ask(
    method: string,
    path: string,
    body: object | undefined,
    { token, challenge, address = '203.0.113.1', origin, cookies }: Asking,
  ): Promise<Answer> {
    const request = new Request(`${this.origin}/p/${this.project}/auth${path}`, {
      method,
      headers: {
        'cf-connecting-ip': address,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(challenge === undefined ? {} : { 'auth-challenge': challenge }),
        ...(origin === undefined ? {} : { origin }),
        ...(cookies === undefined ? {} : { cookie: cookies }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const response = await this.fetch(request);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    const brought = response.headers.getSetCookie().map((cookie) => cookie.slice(0, cookie.indexOf(';')));
    const location = response.headers.get('location');
    return { status: response.status, body: isJson ? JSON.parse(text) : text, location, cookies: brought.join('; ') };
  }

  /** One operation, unless the process ends before it, or before its answer is heard. */
  async #written<T>(work: () => T): Promise<T> {
    const { crash } = this;
    if (crash === null) return work();
    crash.in -= 1;
    if (crash.in < 0 || (crash.in === 0 && crash.when === 'before')) throw new Error('The process has ended.');
    const done = work();
    if (crash.in === 0) throw new Error('The process has ended.');
    return done;
  }
}
