/** Wires the switchboard of one project to the platform. */
import type { EdgeDoor } from '@betterbase/engine';
import runtime from '../engine/dist/runtime.txt';
import { edgeModules, engineModules } from '../engine/modules.ts';
import { GuardAlarm } from './alarm.ts';
import { Connections } from './connections/connections.ts';
import { SessionStore } from './connections/session-store.ts';
import type { Subscription } from './connections/subscription.ts';
import { DeploymentStore } from './deployments/deployment-store.ts';
import { Deployments } from './deployments/deployments.ts';
import type { ProjectCode } from './deployments/project-code.ts';
import { StaticApp } from './deployments/static-app.ts';
import type { Env } from './env.ts';
import { durableObjectDisk } from './durable-object-disk.ts';
import { readHangNotice } from './hang-notice.ts';
import type { EngineHost } from './host/engine-host.ts';
import { LoaderHost, StaticHost, toWorkerCode } from './host/loader-host.ts';
import { Logs } from './logs.ts';
import { randomName } from './random-name.ts';
import { Requests } from './requests.ts';
import { type ActionOrder, Switchboard } from './switchboard.ts';
import type { Timer } from './timer.ts';
import { Deadline } from './turns/deadline.ts';
import { EngineLink } from './turns/engine-link.ts';
import { Inbox } from './turns/inbox.ts';
import { LiveQueries } from './turns/live-queries.ts';

const callPatience = 30_000;
const migrationPatience = 300_000;
/** Of answers kept in memory; an object has 128 MB. */
const answerCharacters = 32 * 1024 * 1024;

/** What this Worker exports besides objects with storage. */
interface OwnExports {
  readonly ActionRunner: { start(order: ActionOrder): Promise<void> };
  /** Only where the app is compiled in. */
  readonly Engine?: DurableObjectClass;
  readonly Edge?: EdgeDoor;
}

export interface Project {
  readonly switchboard: Switchboard;
  readonly connections: Connections;
  readonly code: ProjectCode;
  readonly logs: Logs;
  readonly alarm: GuardAlarm;
}

export function composeProject(ctx: DurableObjectState, env: Env): Project {
  const project = ctx.id.name ?? ctx.id.toString();
  const exports = ownExports(ctx.exports);
  const disk = durableObjectDisk(ctx.storage);
  const now = (): number => Date.now();
  const timer: Timer = {
    after(milliseconds, act) {
      const handle = setTimeout(act, milliseconds);
      return () => clearTimeout(handle);
    },
  };
  const requests = new Requests(randomName(9));
  const logs = new Logs(now());
  const sessions = new SessionStore(disk);
  const store = new DeploymentStore(disk);
  const hang = readHangNotice(env.BB_HANG);
  const openTables = (): void => {
    store.open();
    sessions.open();
  };

  const queries: LiveQueries<Subscription> = new LiveQueries({
    now,
    maxCharacters: answerCharacters,
    enqueue: (query) => inbox.add({ do: 'query', query }),
    wake: () => inbox.wake(),
    rehome: (subscription) => connections.rehome(subscription),
  });
  const code: ProjectCode = createCode();
  const engine = new EngineLink({
    host: createHost(),
    code,
    deadline: new Deadline(callPatience, timer),
    migrationDeadline: new Deadline(migrationPatience, timer),
    prepare: async (opened) => {
      if (hang?.kind === 'mutation' && sessions.knows(hang.session)) await opened.recordFailure({ session: hang.session, id: hang.id }, null, hang.error);
    },
    onLost: (failure) => console.error(JSON.stringify({ level: 'error', message: 'A call to the engine was lost.', project, failure: String(failure) })),
  });
  const inbox: Inbox<Subscription> = new Inbox({
    engine,
    queries,
    onRun: (run) => switchboard.recordRun(run),
    onTurn: () => connections.deliver(),
    onUnavailable: (error) => connections.failAll(error),
  });
  const connections: Connections = new Connections({
    queries,
    sessions,
    timer,
    now,
    newSession: () => {
      switchboard.expectSweep();
      return randomName(24);
    },
    newRequest: () => requests.next(),
    canonicalPath: (path) => code.active?.functions.canonical(path) ?? path,
    mutate: (work) => inbox.add(work),
    startAction: (action) => switchboard.startAction(action),
  });
  const alarm = new GuardAlarm({
    alarm: { get: () => ctx.storage.getAlarm(), set: (at) => ctx.storage.setAlarm(at) },
    now,
    work: () => switchboard.sweep(),
  });
  const switchboard: Switchboard = new Switchboard({
    project,
    code,
    queries,
    inbox,
    connections,
    sessions,
    logs,
    alarm,
    requests,
    now,
    startAction: (order) => exports.ActionRunner.start(order),
  });
  if (hang?.kind === 'query') queries.refusePath(hang.path, hang.error);
  return { switchboard, connections, code, logs, alarm };

  function createCode(): ProjectCode {
    if (env.ENGINE_HOST === 'static') return new StaticApp({ edge: () => required(exports.Edge, 'Edge'), now, digest, openTables, hasTables: () => store.exists() });
    return new Deployments({
      store,
      edge: (deployment) => {
        const isolate = required(env.LOADER, 'LOADER').get(isolateName(deployment, 'edge'), () => toWorkerCode(edgeModules(runtime, bundleOf(deployment)), { env: guestEnv(env) }));
        return asEdge(isolate.getEntrypoint('Edge'));
      },
      now,
      newDeployment: () => `${now().toString(36)}-${randomName(6)}`,
      digest,
      openTables,
      stage: {
        openEngine: () => engine.open(),
        replaceEngine: (deployment) => engine.replace(deployment),
        hold: () => inbox.hold(),
        release: () => inbox.release(),
        switched: () => {
          connections.distrustHeld();
          queries.deployed();
        },
      },
    });
  }

  function createHost(): EngineHost {
    if (env.ENGINE_HOST === 'static') return new StaticHost(ctx.facets, required(exports.Engine, 'Engine'));
    return new LoaderHost({
      facets: ctx.facets,
      loader: required(env.LOADER, 'LOADER'),
      isolateName: (deployment) => isolateName(deployment, 'engine'),
      modules: (deployment) => engineModules(runtime, bundleOf(deployment)),
      env: guestEnv(env),
    });
  }

  function bundleOf(deployment: string): string {
    return required(store.bundle(deployment) ?? undefined, `code of deployment ${deployment}`);
  }

  function isolateName(deployment: string, role: 'edge' | 'engine'): string {
    return `${project}:${deployment}:${role}`;
  }
}

/** Nothing secret: project code can read all of it. */
function guestEnv(env: Env): { readonly BB_DEV?: string } {
  return env.BB_DEV === '1' ? { BB_DEV: '1' } : {};
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
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
