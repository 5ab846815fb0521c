/** The real platform in Miniflare, for journeys: the built Worker, its own workerd, spoken to over real HTTP and sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyMigrations, buildPlatform, buildStaticPlatform, platformOptions } from '@betterbase/cli/platform';
import { Miniflare } from 'miniflare';
import { assertKeepsContract } from './keeps-contract.ts';

export const adminKey = 'journey-admin-key-0123456789';

export interface LocalPlatform {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  request(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** As the installation's own key. @throws when the answer is not what the contract says of the route. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  /** @throws when the deployment is refused. */
  deploy(project: string, app: string): Promise<void>;
  /** Rows of a project's D1 database, past the platform. */
  rows(binding: string, sql: string): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- a journey reads what a stranger would get, and compares it with what it expects.
  readonly body: any;
}

export interface LocalPlatformOptions {
  readonly host: 'loader' | 'static';
  /** The app compiled in, for the static host. */
  readonly app?: string;
  /** Keeps the state here instead of in a folder of its own that goes with the platform. */
  readonly state?: string;
  readonly vars?: Readonly<Record<string, string>>;
  /** D1 databases for projects, by binding. */
  readonly databases?: readonly string[];
  /** Hyperdrives for projects, by binding. */
  readonly hyperdrives?: Readonly<Record<string, string>>;
  /** With the binding that sends mail, from these addresses. */
  readonly mailSenders?: readonly string[];
  /** Any free one if absent. */
  readonly port?: number;
  /** Answers in place of the network; null: the network does. */
  readonly outbound?: (request: Request) => Promise<Response | null>;
  /** What the platform prints. */
  readonly onLog?: (level: string, message: string) => void;
}

export async function startLocalPlatform({
  host,
  app = '',
  state,
  vars,
  databases = [],
  hyperdrives = {},
  mailSenders,
  port = 0,
  outbound,
  onLog,
}: LocalPlatformOptions): Promise<LocalPlatform> {
  const own = await mkdtemp(join(tmpdir(), 'betterbase-journey-'));
  const { workerPath } = host === 'loader' ? await buildPlatform() : await buildStaticPlatform({ app, outdir: join(own, 'static') });
  const options = await platformOptions({
    workerPath,
    adminKey,
    port,
    databases,
    ...(onLog === undefined ? {} : { onLog }),
    ...(outbound === undefined ? {} : { outbound }),
    hyperdrives,
    ...(mailSenders === undefined ? {} : { mailSenders }),
    state: state ?? join(own, 'state'),
    vars: { ...(host === 'static' ? { ENGINE_HOST: 'static' } : {}), ...vars },
  });
  const miniflare = new Miniflare(options);
  const url = (await miniflare.ready).origin;
  await applyMigrations(await miniflare.getD1Database('DB'));

  const request = (path: string, init?: RequestInit): Promise<Response> => fetch(url + path, init);
  const answer = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  };
  const admin = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const answered = await answer(
      await request(`/admin${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    assertKeepsContract(method, `/admin${path}`, answered);
    return answered;
  };
  return {
    url,
    request,
    admin,
    post: async (path, body, headers = {}) =>
      answer(await request(path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })),
    deploy: async (project, text) => {
      const { status, body } = await admin('POST', `/projects/${project}/deployments`, { app: text });
      if (status !== 201) throw new Error(JSON.stringify(body));
    },
    rows: async (binding, sql) => (await (await miniflare.getD1Database(binding)).prepare(sql).all()).results,
    stop: async () => {
      await miniflare.dispose();
      await rm(own, { recursive: true, force: true });
    },
  };
}
