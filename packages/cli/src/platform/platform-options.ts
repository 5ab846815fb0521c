/**
 * The platform as Miniflare options: the local counterpart of `wrangler.toml`, used by `bb dev`, tests and benchmarks.
 *
 * Bindings have the same names there; a test compares the two.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  type MiniflareOptions,
  type Request as MiniflareRequest,
  Response as MiniflareResponse,
} from 'miniflare';
import { platformFiles } from './checkout.ts';

export const compatibilityDate = '2026-10-23';
export const compatibilityFlags = ['nodejs_compat'];

export interface PlatformSettings {
  /** From `buildPlatform`. All modules in its folder are the Worker's. */
  readonly workerPath: string;
  readonly adminKey: string;
  /** Absent: nothing can be encrypted, so environment values cannot be set. */
  readonly encryptionKey?: string;
  /** Where it is reached, without a path. */
  readonly publicUrl?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Folder that keeps everything; absent: nothing outlives the process. */
  readonly state?: string;
  /** Turns on what only a developer's machine does: naming the running call, running queries twice. */
  readonly dev?: boolean;
  /** D1 databases for projects, by binding. */
  readonly databases?: readonly string[];
  /** Hyperdrives for projects: the PostgreSQL that each leads to, by binding. */
  readonly hyperdrives?: Readonly<Record<string, string>>;
  /** Binds what sends mail, from these addresses; here it writes files. */
  readonly mailSenders?: readonly string[];
  /** JSON of the call that hung the runtime before this start. */
  readonly hang?: string;
  /** More variables for the Worker. */
  readonly vars?: Readonly<Record<string, string>>;
  /** What answers in place of the network, for what the Worker and the isolates it loads ask of it; null: the network. */
  readonly outbound?: (request: Request) => Promise<Response | null>;
  readonly onLog?: (level: string, message: string) => void;
}

export async function platformOptions(settings: PlatformSettings): Promise<MiniflareOptions> {
  const { workerPath } = settings;
  return convertV4MiniflareOptions({
    name: 'betterbase',
    modules: [await moduleAt(workerPath), ...(await Promise.all((await othersBeside(workerPath)).map(moduleAt)))],
    modulesRoot: dirname(workerPath),
    compatibilityDate,
    compatibilityFlags,
    host: settings.host ?? '127.0.0.1',
    port: settings.port ?? 0,
    workerLoaders: { LOADER: {} },
    durableObjects: {
      PROJECT: { className: 'ProjectObject', useSQLite: true },
      INSTANCE: { className: 'InstanceObject', useSQLite: true },
    },
    d1Databases: { DB: 'betterbase', ...Object.fromEntries((settings.databases ?? []).map((binding) => [binding, `project-${binding}`])) },
    ...(settings.hyperdrives === undefined ? {} : { hyperdrives: settings.hyperdrives }),
    r2Buckets: { FILES: 'betterbase-files' },
    queueProducers: { DELIVERIES: { queueName: 'betterbase-deliveries' } },
    queueConsumers: {
      'betterbase-deliveries': { maxBatchSize: 10, maxBatchTimeout: 1, maxRetries: 5, deadLetterQueue: 'betterbase-deliveries-dead' },
    },
    images: { binding: 'IMAGES' },
    ...(settings.mailSenders === undefined
      ? {}
      : { email: { send_email: [{ name: 'EMAIL', allowed_sender_addresses: [...settings.mailSenders] }] } }),
    ratelimits: {
      RATE_CALL: { namespace_id: '3201', simple: { limit: 12_000, period: 60 } },
      RATE_SOCKET: { namespace_id: '3202', simple: { limit: 600, period: 60 } },
      RATE_SIGN_IN: { namespace_id: '3203', simple: { limit: 60, period: 60 } },
    },
    ...(existsSync(platformFiles.dashboard)
      ? {
          assets: {
            directory: platformFiles.dashboard,
            binding: 'ASSETS',
            run_worker_first: ['/p/*', '/admin/*', '/health', '/device', '/device/*', '/setup', '/join', '/reset', '/second-factor'],
            routerConfig: { has_user_worker: true },
          },
        }
      : {}),
    bindings: {
      ADMIN_KEY: settings.adminKey,
      ...(settings.encryptionKey === undefined ? {} : { ENCRYPTION_KEY: settings.encryptionKey }),
      ...(settings.publicUrl === undefined ? {} : { PUBLIC_URL: settings.publicUrl }),
      ...(settings.dev === true ? { BB_DEV: '1' } : {}),
      ...(settings.hang === undefined ? {} : { BB_HANG: settings.hang }),
      ...settings.vars,
    },
    ...(settings.state === undefined ? {} : persistedIn(settings.state)),
    ...(settings.outbound === undefined ? {} : { outboundService: throughOutbound(settings.outbound) }),
    cf: false,
    logRequests: false,
    log: new Log(LogLevel.WARN),
    ...(settings.onLog === undefined ? {} : { handleStructuredLogs: toLogHandler(settings.onLog) }),
  });
}

async function othersBeside(workerPath: string): Promise<readonly string[]> {
  const files = await readdir(dirname(workerPath));
  return files.filter((file) => /\.(?:js|txt)$/.test(file) && file !== basename(workerPath)).map((file) => join(dirname(workerPath), file));
}

async function moduleAt(path: string) {
  return { type: path.endsWith('.txt') ? 'Text' : 'ESModule', path, contents: await readFile(path, 'utf8') } as const;
}

function persistedIn(state: string): { resourcePersistencePath: string; resourceTmpPath: string } {
  return { resourcePersistencePath: join(state, 'data'), resourceTmpPath: join(state, 'tmp') };
}

function toLogHandler(onLog: (level: string, message: string) => void) {
  return (log: { readonly level: string; readonly message: string }): void => onLog(log.level, log.message);
}

function throughOutbound(outbound: NonNullable<PlatformSettings['outbound']>) {
  return async (asked: MiniflareRequest): Promise<MiniflareResponse> => {
    const { method, url } = asked;
    const body = method === 'GET' || method === 'HEAD' ? null : await asked.arrayBuffer();
    const request = new Request(url, { method, headers: [...asked.headers], body, redirect: 'manual' });
    const response = (await outbound(request.clone())) ?? (await fetch(request));
    const headers = new Headers(response.headers);
    // The body is what it says by now.
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
    return new MiniflareResponse(await response.arrayBuffer(), { status: response.status, headers: [...headers] });
  };
}
