/** What Cloudflare gives to one project's object, as the switchboard wants it. */
import { toHex } from '@betterbase/core/bytes';
import type { AuthProvider } from '@betterbase/core';
import type { EdgeDoor } from '@betterbase/engine';
import type { DatabaseClaim, SqlDoor } from '@betterbase/providers';
import runtimeText from '../engine/dist/runtime.txt';
import { isolateName } from '../engine/isolate-name.ts';
import { edgeModules, engineModules } from '../engine/modules.ts';
import { decodeRuntime } from '../engine/runtime-text.ts';
import { Activity } from './activity.ts';
import type { AuditEntry } from './audit/audit-entry.ts';
import type { ProjectPlatform } from './project-platform.ts';
import { type Cipher, createCipher } from '@betterbase/providers/cipher';
import { guestEnv } from './environment/guest-env.ts';
import { durableObjectDisk } from './durable-object-disk.ts';
import { hibernatingSockets } from './hibernating-socket.ts';
import type { ProjectEnv } from './project-env.ts';
import { readHangNotice } from './hang-notice.ts';
import type { Verified } from './identity/token-verifier.ts';
import { LoaderHost, StaticHost, toWorkerCode } from './host/loader-host.ts';
import type { CheckParts } from './provider/check-provider.ts';
import { passDatabase } from './provider/database-door.ts';
import type { ProviderAddress } from './provider/provider-address.ts';
import type { Checked } from './project-door.ts';
import { reportActivity } from './report-activity.ts';
import type { ActionOrder } from './actions.ts';

interface ProviderStub extends SqlDoor {
  check(): ReturnType<CheckParts['checkDatabase']>;
  claim(claim: DatabaseClaim): Promise<Checked<{ readonly holder: DatabaseClaim }>>;
  owner(): Promise<Checked<{ readonly holder: DatabaseClaim | null }>>;
}

/** What this Worker exports besides objects with storage. */
interface OwnExports {
  readonly ActionRunner: { start(order: ActionOrder): Promise<void> };
  readonly TokenChecker: { check(token: string, providers: readonly AuthProvider[]): Promise<Verified> };
  ProviderGate(options: { readonly props: { readonly address: ProviderAddress } }): ProviderStub;
  readonly AuditWriter: { write(entries: readonly AuditEntry[]): Promise<void> };
  /** Only where the app is compiled in. */
  readonly Engine?: DurableObjectClass;
  readonly Edge?: EdgeDoor;
}

export function readPlatform(ctx: DurableObjectState, env: ProjectEnv): ProjectPlatform {
  const project = ctx.id.name ?? ctx.id.toString();
  const exports = ownExports(ctx.exports);
  const isStatic = env.ENGINE_HOST === 'static';
  const activity = new Activity({ now: Date.now, report: (counted) => ctx.waitUntil(reportActivity(env, { project, ...counted })) });
  return {
    project,
    disk: durableObjectDisk(ctx.storage),
    now: Date.now,
    // Goes once through the event loop, without a timer's millisecond. What else it waits for would hold our answers back too.
    gather: () => ctx.storage.sync(),
    breathe: () => new Promise((resolve) => setTimeout(resolve, 1)),
    timer: {
      after(milliseconds, act) {
        const handle = setTimeout(act, milliseconds);
        return () => clearTimeout(handle);
      },
    },
    alarm: { get: () => ctx.storage.getAlarm(), set: (at) => ctx.storage.setAlarm(at) },
    sockets: hibernatingSockets(ctx),
    randomName,
    digest,
    source: isStatic
      ? {
          from: 'worker',
          edge: () => required(exports.Edge, 'Edge'),
          isServed: project === (env.STATIC_PROJECT ?? 'app'),
          consent: env.SCHEMA_CONSENT ?? null,
        }
      : {
          from: 'deployments',
          edge: (deployment, { bundle, values, revision }) => {
            const runtime = decodeRuntime(runtimeText);
            const load = (): WorkerLoaderWorkerCode =>
              toWorkerCode(edgeModules(runtime, bundle(deployment)), { env: guestEnv(env, project, values(deployment)) });
            const code = { deployment, environment: revision() };
            return asEdge(
              required(env.LOADER, 'LOADER')
                .get(isolateName({ project, code, role: 'edge' }, runtime), load)
                .getEntrypoint('Edge'),
            );
          },
        },
    cipher: cipherOf(env, `environment of ${project}`),
    userCipher: cipherOf(env, `users of ${project}`),
    createHost: ({ bundle, values, address, revision }) =>
      isStatic
        ? new StaticHost(ctx.facets, required(exports.Engine, 'Engine'))
        : new LoaderHost({
            facets: ctx.facets,
            loader: required(env.LOADER, 'LOADER'),
            isolateName: (deployment) =>
              isolateName({ project, code: { deployment, environment: revision() }, role: 'engine' }, decodeRuntime(runtimeText)),
            modules: (deployment) =>
              engineModules(decodeRuntime(runtimeText), bundle(deployment), address(deployment) === null ? 'embedded' : 'remote'),
            env: (deployment) => guestEnv(env, project, values(deployment)),
            database: (deployment) => {
              const place = address(deployment);
              if (place === null) return null;
              const gate = exports.ProviderGate({ props: { address: place } });
              return () => passDatabase(place, gate);
            },
          }),
    startAction: (order) => exports.ActionRunner.start(order),
    checkToken: (token, providers) => exports.TokenChecker.check(token, providers),
    providers: isStatic ? ['embedded'] : ['embedded', 'd1', 'turso', 'neon', 'postgres', 'supabase'],
    claimDatabase: (address, claim) => exports.ProviderGate({ props: { address } }).claim(claim),
    findOwner: (address) => exports.ProviderGate({ props: { address } }).owner(),
    databaseVersion: async (address) => {
      const answer = await exports.ProviderGate({ props: { address } }).batch([versionText], 'read');
      return answer.ok ? Number(answer.results[0]?.rows[0]?.[0]) : null;
    },
    checkDatabase: (address) => exports.ProviderGate({ props: { address } }).check(),
    sendAudit: (entries) => exports.AuditWriter.write(entries),
    hang: readHangNotice(env.BB_HANG),
    isDevelopment: env.BB_DEV === '1',
    onCall: (isError, connections) => activity.count(isError, connections),
  };
}

/** What every store elsewhere keeps its version in. */
const versionText = { sql: 'SELECT version FROM _bb_meta', params: [] };

/** Too short a secret encrypts nothing that is worth it. */
const shortestSecret = 32;

function cipherOf({ ENCRYPTION_KEY: secret = '' }: ProjectEnv, purpose: string): Cipher | null {
  return secret.length < shortestSecret ? null : createCipher(secret, purpose);
}

function randomName(bytes: number): string {
  return toHex(crypto.getRandomValues(new Uint8Array(bytes)));
}

async function digest(text: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`This Worker lacks ${name}.`);
  return value;
}

/** The platform's types cannot know what a Worker exports, nor what a loaded one does. */
function ownExports(exports: unknown): OwnExports {
  return exports as OwnExports;
}

function asEdge(stub: unknown): EdgeDoor {
  return stub as EdgeDoor;
}
