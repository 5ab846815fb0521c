/**
 * As much of Cloudflare's HTTP API as wrangler needs in order to deploy to it.
 *
 * Holds: what was made on the account, with real SQLite behind D1, and every request it had no answer for.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { DatabaseSync } from 'node:sqlite';

/** A binding, as the metadata of an upload names it. */
export type UploadedBinding = Readonly<Record<string, unknown>>;

interface Call {
  readonly query: URLSearchParams;
  json(): Promise<Record<string, unknown>>;
  form(): Promise<FormData>;
}

type Route = readonly [method: string, path: RegExp, answer: (name: string, call: Call) => unknown];

/** Cloudflare's way to say no: a number and a text. */
class Refusal {
  readonly code: number;
  readonly text: string;

  constructor(code: number, text: string) {
    this.code = code;
    this.text = text;
  }
}

const account = { id: 'acc1', name: 'Example' };

export class FakeCloudflare {
  readonly databases = new Map<string, DatabaseSync>();
  readonly buckets = new Set<string>();
  readonly queues = new Set<string>();
  readonly workers = new Map<string, readonly UploadedBinding[]>();
  readonly deleted: string[] = [];
  readonly unknown: string[] = [];
  /** True: the account is on the free plan. */
  isFree = false;
  readonly #server: Server = createServer((request, response) => void this.#respond(request, response));

  /** @returns what CLOUDFLARE_API_BASE_URL must be. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    for (const database of this.databases.values()) database.close();
  }

  readonly #routes: readonly Route[] = [
    ['GET', /^\/user\/tokens\/verify$/, () => ({ id: 'token', status: 'active' })],
    ['GET', /^\/user$/, () => ({ id: 'user', email: 'ada@example.com' })],
    ['GET', /^\/accounts$/, () => [account]],
    ['GET', /^\/memberships$/, () => [{ id: 'membership', account, roles: [] }]],
    ['GET', /^\/storage\/kv\/namespaces$/, () => []],

    ['GET', /^\/d1\/database$/, () => [...this.databases.keys()].map((name) => ({ name, uuid: `uuid-of-${name}` }))],
    ['POST', /^\/d1\/database$/, (_, call) => this.#createDatabase(call)],
    ['POST', /^\/d1\/database\/uuid-of-([^/]+)\/query$/, (name, call) => this.#query(name, call)],

    [
      'GET',
      /^\/r2\/buckets\/([^/]+)$/,
      (name) => (this.buckets.has(name) ? { name } : new Refusal(10006, 'The specified bucket does not exist.')),
    ],
    ['POST', /^\/r2\/buckets$/, (_, call) => this.#create(this.buckets, 'name', call)],
    ['POST', /^\/graphql$/, () => ({})],

    ['GET', /^\/queues$/, (_, { query }) => [...this.queues].filter((name) => [null, name].includes(query.get('name'))).map(toQueue)],
    ['POST', /^\/queues$/, (_, call) => this.#create(this.queues, 'queue_name', call)],
    ['GET', /^\/queues\/id-of-([^/]+)\/consumers$/, () => []],
    ['POST', /^\/queues\/id-of-([^/]+)\/consumers$/, () => ({})],

    ['GET', /^\/workers\/subdomain$/, () => ({ subdomain: 'example' })],
    [
      'GET',
      /^\/workers\/services\/([^/]+)$/,
      (name) => this.#ofWorker(name, { id: name, default_environment: { environment: 'production', script: {} } }),
    ],
    [
      'GET',
      /^\/workers\/workers\/([^/]+)$/,
      (name) => this.#ofWorker(name, { name, subdomain: { enabled: false, previews_enabled: false } }),
    ],
    ['GET', /^\/workers\/scripts\/([^/]+)\/deployments$/, (name) => this.#ofWorker(name, { deployments: [] })],
    ['GET', /^\/workers\/scripts\/([^/]+)\/settings$/, (name) => this.#ofWorker(name, { bindings: [], migration_tag: 'v1' })],
    ['GET', /^\/workers\/scripts\/([^/]+)\/secrets$/, (name) => this.#ofWorker(name, this.#secrets(name))],
    ['POST', /^\/workers\/scripts\/([^/]+)\/assets-upload-session$/, () => ({ jwt: 'nothing-to-upload', buckets: [] })],
    ['POST', /^\/workers\/scripts\/([^/]+)\/subdomain$/, () => ({ enabled: true, previews_enabled: false })],
    ['PUT', /^\/workers\/scripts\/([^/]+)\/schedules$/, () => ({ schedules: [] })],
    ['PUT', /^\/workers\/scripts\/([^/]+)$/, (name, call) => this.#upload(name, call)],
    ['DELETE', /^\/workers\/services\/([^/]+)$/, (name) => this.#delete(name)],
  ];

  async #createDatabase(call: Call): Promise<unknown> {
    const name = String((await call.json())['name']);
    this.databases.set(name, new DatabaseSync(':memory:'));
    return { name, uuid: `uuid-of-${name}` };
  }

  async #query(name: string, call: Call): Promise<unknown> {
    const sql = String((await call.json())['sql']);
    const database = this.databases.get(name);
    if (database === undefined) return new Refusal(7404, 'The database could not be found');
    if (/^\s*select/i.test(sql)) return [{ success: true, results: database.prepare(sql).all(), meta: { duration: 1 } }];
    database.exec(sql);
    return [{ success: true, results: [], meta: { duration: 1 } }];
  }

  async #create(things: Set<string>, key: string, call: Call): Promise<unknown> {
    const name = String((await call.json())[key]);
    if (things.has(name)) return new Refusal(10004, 'It already exists, and you own it.');
    things.add(name);
    return { [key]: name };
  }

  #ofWorker(name: string, answer: unknown): unknown {
    return this.workers.has(name) ? answer : new Refusal(10007, 'This Worker does not exist on your account.');
  }

  /** Secrets of an upload stay when a later one does not name them. */
  #secrets(name: string): readonly UploadedBinding[] {
    return (this.workers.get(name) ?? []).filter((binding) => binding['type'] === 'secret_text');
  }

  async #upload(name: string, call: Call): Promise<unknown> {
    const { bindings }: { bindings: UploadedBinding[] } = JSON.parse(String((await call.form()).get('metadata')));
    if (this.isFree && bindings.some((binding) => binding['type'] === 'worker_loader')) {
      return new Refusal(10195, 'In order to use Dynamic Workers, you must switch to a paid plan.');
    }
    const named = new Set(bindings.map((binding) => binding['name']));
    this.workers.set(name, [...bindings, ...this.#secrets(name).filter((secret) => !named.has(secret['name']))]);
    return { id: name, tag: 'tag', deployment_id: 'deployment', startup_time_ms: 1 };
  }

  #delete(name: string): unknown {
    if (!this.workers.delete(name)) return this.#ofWorker(name, null);
    this.deleted.push(name);
    return null;
  }

  async #respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const path = url.pathname.replace(/^\/accounts\/acc1(?=\/)/, '');
    const [, pattern, answer] = this.#routes.find(([method, known]) => method === incoming.method && known.test(path)) ?? [];
    if (pattern === undefined || answer === undefined) this.unknown.push(`${incoming.method} ${path}`);
    const result =
      answer === undefined
        ? new Refusal(7003, `no route for ${path}`)
        : await answer(pattern?.exec(path)?.[1] ?? '', await toCall(incoming, url));
    const isRefused = result instanceof Refusal;
    response.writeHead(isRefused ? 400 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        success: !isRefused,
        errors: isRefused ? [{ code: result.code, message: result.text }] : [],
        messages: [],
        result: isRefused ? null : result,
        result_info: { page: 1, per_page: 100, count: 1, total_count: 1, total_pages: 1 },
      }),
    );
  }
}

async function toCall(incoming: IncomingMessage, url: URL): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const body = () => new Response(Buffer.concat(chunks), { headers: { 'content-type': incoming.headers['content-type'] ?? 'text/plain' } });
  return { query: url.searchParams, json: async () => JSON.parse(await body().text()), form: () => body().formData() };
}

function toQueue(name: string) {
  return { queue_name: name, queue_id: `id-of-${name}`, producers: [], producers_total_count: 0, consumers: [], consumers_total_count: 0 };
}
