/** Wires the switchboard of one project. The only place that says `new`; knows no platform. */
import { type AuthProvider, BetterBaseError, defaultLimits, embeddedProvider, type ProjectLimits } from '@betterbase/core';
import type { EdgeDoor } from '@betterbase/engine';
import { applyUsersPath, type WireError } from '@betterbase/protocol';
import { ActionSlots } from './action-slots.ts';
import { type Alarm, earliest, GuardAlarm } from './alarm.ts';
import { AlarmHands } from './alarm-hands.ts';
import type { AuditEntry } from './audit/audit-entry.ts';
import { AuditOutbox } from './audit/audit-outbox.ts';
import { Connections } from './connections/connections.ts';
import { RestRecord } from './connections/rest-record.ts';
import { SessionStore } from './connections/session-store.ts';
import type { SocketHolder } from './connections/socket.ts';
import type { ClientSubscription } from './connections/connection.ts';
import { mostAtOnce } from './deployments/backfill.ts';
import { DeploymentStore } from './deployments/deployment-store.ts';
import { Deployments } from './deployments/deployments.ts';
import type { ProjectCode } from './deployments/project-code.ts';
import { StaticApp } from './deployments/static-app.ts';
import type { Cipher } from '@betterbase/providers/cipher';
import { Environment } from './environment/environment.ts';
import { EnvironmentStore } from './environment/environment-store.ts';
import type { HangNotice } from './hang-notice.ts';
import type { EngineHost } from './host/engine-host.ts';
import type { TokenVerifier, Verified } from './identity/token-verifier.ts';
import { VerifiedTokens } from './identity/verified-tokens.ts';
import { Jobs } from './jobs.ts';
import { Logs } from './logs.ts';
import { Mover } from './move/mover.ts';
import type { ProjectDoor } from './project-door.ts';
import { type ClaimParts, claimFor, verifyFor } from './provider/database-claim.ts';
import { type CheckParts, checkProvider } from './provider/check-provider.ts';
import { OutsideWatch } from './provider/outside-watch.ts';
import { addressOf, type ProviderAddress } from './provider/provider-address.ts';
import { type ProviderType, withoutProviderValues } from './provider/provider-rules.ts';
import { jobSession, keySessionPrefix, Requests } from './requests.ts';
import { SnapshotReads } from './snapshot-reads.ts';
import type { SqlDisk } from './sql-disk.ts';
import { type ActionOrder, Switchboard } from './switchboard.ts';
import { Standing } from './standing.ts';
import type { Timer } from './timer.ts';
import { AcceptedIssuers } from './users/accepted-issuers.ts';
import { issuerOf } from './users/own-issuer.ts';
import { OwnTokens } from './users/own-tokens.ts';
import { ProjectUsers } from './users/project-users.ts';
import { Deadline } from './turns/deadline.ts';
import { EngineLink } from './turns/engine-link.ts';
import { Inbox } from './turns/inbox.ts';
import { Keeper } from './turns/keeper.ts';
import { tellPlainly, tellPrinted } from './turns/printed.ts';
import { LiveQueries } from './turns/live-queries.ts';

const callPatience = 30_000;
const migrationPatience = 300_000;
/** Of answers kept in memory; an object has 128 MB. */
const answerCharacters = 32 * 1024 * 1024;

/** Whose tokens an app accepts that does not say. */
const nobody: readonly AuthProvider[] = [];

/** A deployment's code and environment, as a host needs them. The environment is open by then. */
export interface SourceReader {
  /** @throws when the deployment's code is not kept */
  readonly bundle: (deployment: string) => string;
  /** Of the environment. */
  readonly revision: () => number;
  /** What the functions of a deployment find in `process.env`. */
  readonly values: (deployment: string) => Readonly<Record<string, string>>;
  /** Where the deployment's documents rest; null: beside the engine. */
  readonly address: (deployment: string) => ProviderAddress | null;
}

/** Where the app's code comes from. */
export type CodeSource =
  | {
      readonly from: 'deployments';
      readonly edge: (deployment: string, source: SourceReader) => Pick<EdgeDoor, 'describe' | 'changeDocuments'>;
    }
  | {
      readonly from: 'worker';
      readonly edge: () => Pick<EdgeDoor, 'describe'>;
      readonly isServed: boolean;
      readonly consent: string | null;
    };

/** What the platform gives to one project. */
export interface ProjectPlatform {
  readonly project: string;
  readonly disk: SqlDisk;
  readonly now: () => number;
  /** Returns when what has reached the object by now has been handed to it. */
  readonly gather?: () => Promise<void>;
  readonly timer: Timer;
  readonly alarm: Alarm;
  readonly sockets: SocketHolder;
  /** `bytes` random bytes as text that nobody can guess. */
  readonly randomName: (bytes: number) => string;
  readonly digest: (text: string) => Promise<string>;
  readonly source: CodeSource;
  /** Encrypts environment values; null where there is no key to do it with. */
  readonly cipher: Cipher | null;
  /** Encrypts what signing in depends on. */
  readonly userCipher?: Cipher | null;
  /** What documents can rest in; absent: the project's own object. */
  readonly providers?: readonly ProviderType[];
  /** Opens a database elsewhere, away from the object, and looks at it. */
  readonly checkDatabase: CheckParts['checkDatabase'];
  readonly claimDatabase: ClaimParts['claim'];
  readonly findOwner: ClaimParts['findOwner'];
  /** The version of the data in a database elsewhere; null when it cannot be asked. */
  readonly databaseVersion: (address: ProviderAddress) => Promise<number | null>;
  /** More documents than this are changed by a deployment while the one before it serves. */
  readonly backfillAbove?: number;
  /** Returns when the network has had its turn. */
  readonly breathe?: () => Promise<void>;
  readonly createHost: (source: SourceReader) => EngineHost;
  readonly startAction: (order: ActionOrder) => Promise<void>;
  /** Checks a token's signature and claims, away from the object. */
  readonly checkToken: (token: string, providers: readonly AuthProvider[]) => Promise<Verified>;
  /** Writes entries to the installation's audit log, each once. */
  readonly sendAudit: (entries: readonly AuditEntry[]) => Promise<void>;
  readonly hang: HangNotice | null;
  /** Callers are told what functions print. */
  readonly isDevelopment?: boolean;
  /** After every call. */
  readonly onCall: (isError: boolean, connections: number) => void;
}

export interface Project {
  readonly switchboard: Switchboard;
  readonly connections: Connections;
  readonly code: ProjectCode;
  readonly environment: Environment;
  readonly source: SourceReader;
  readonly checkProvider: ProjectDoor['checkProvider'];
  readonly logs: Logs;
  readonly alarm: Pick<AlarmHands, 'ring'>;
  readonly mover: Mover;
  readonly audit: AuditOutbox;
  readonly standing: Standing;
  readonly users: ProjectUsers;
  readonly outside: OutsideWatch;
}

export function composeProject({
  isDevelopment,
  project,
  disk,
  now,
  gather,
  timer,
  alarm: platformAlarm,
  sockets,
  randomName,
  digest,
  source,
  cipher,
  userCipher = null,
  providers = ['embedded'],
  checkDatabase,
  claimDatabase,
  findOwner,
  databaseVersion,
  backfillAbove = mostAtOnce,
  breathe,
  createHost,
  startAction,
  checkToken,
  sendAudit,
  hang,
  onCall,
}: ProjectPlatform): Project {
  const requests = new Requests(randomName(9));
  const logs = new Logs(now());
  const sessions = new SessionStore(disk);
  const record = new RestRecord(disk);
  const store = new DeploymentStore(disk);
  const openTables = (): void => {
    store.open();
    sessions.open();
    values.open();
    record.open();
  };
  const values = new EnvironmentStore(disk);
  const environment = new Environment({ store: values, cipher, now });
  const claims: ClaimParts = { project, disk, newOwner: () => randomName(16), claim: claimDatabase, findOwner };
  const reader: SourceReader = {
    bundle: (deployment) => {
      const text = store.bundle(deployment);
      if (text === null) throw new Error(`The code of deployment ${deployment} is not kept.`);
      return text;
    },
    revision: () => environment.revision,
    values: (deployment) => withoutProviderValues(environment.values, store.provider(deployment)),
    address: (deployment) => addressOf(store.provider(deployment), environment.values),
  };

  const queries: LiveQueries<ClientSubscription> = new LiveQueries({
    now,
    maxCharacters: answerCharacters,
    enqueue: (query) => inbox.add({ do: 'query', query }),
    wake: () => inbox.wake(),
    rehome: (subscription) => connections.rehome(subscription),
    bring: (number) => connections.bring(number),
  });
  const betweenTurns = async <T>(work: () => Promise<T>): Promise<T> => {
    await inbox.hold();
    try {
      await engine.open();
      return await work();
    } finally {
      inbox.release();
    }
  };
  const code: ProjectCode =
    source.from === 'worker'
      ? new StaticApp({
          isServed: source.isServed,
          edge: source.edge,
          now,
          digest,
          openTables,
          hasTables: () => store.exists(),
          consent: source.consent,
          appliedMigrations: () => betweenTurns(() => engine.appliedMigrations()),
        })
      : new Deployments({
          store,
          edge: (deployment) => source.edge(deployment, reader),
          environment,
          providers,
          claim: async (provider, given) => {
            const address = addressOf(provider, given);
            return address === null ? null : await claimFor(address, claims);
          },
          verify: async (provider, given) => {
            const address = addressOf(provider, given);
            return address === null ? null : await verifyFor(address, claims);
          },
          now,
          backfillAbove,
          breathe: breathe ?? (async () => {}),
          newDeployment: () => `${now().toString(36)}-${randomName(6)}`,
          digest,
          openTables,
          stage: {
            openEngine: () => engine.open(),
            replaceEngine: (deployment, consent) => {
              record.disturbed();
              return engine.replace(deployment, consent);
            },
            plan: (manifest) => engine.plan(manifest),
            backfill: (request) => engine.backfill(request),
            appliedMigrations: () => engine.appliedMigrations(),
            hold: () => inbox.hold(),
            release: () => inbox.release(),
            switched: () => {
              forgetAnswers();
              users.deployed();
            },
            closeEngine: (reason) => engine.close(reason),
          },
        });
  const users: ProjectUsers = new ProjectUsers({
    project,
    disk,
    cipher: userCipher,
    environment,
    newSecret: () => randomName(32),
    now,
    mirror: {
      schema: () => code.active?.manifest.schema ?? null,
      apply: async (args) => {
        const call = { kind: 'mutation', path: applyUsersPath, args, identity: null, reach: 'any', idempotencyKey: null } as const;
        const outcome = await switchboard.call({ ...call, requestId: requests.next() });
        if (!outcome.ok) throw new BetterBaseError(outcome.error.code, outcome.error.message);
      },
      guard: (at) => alarm.guard(at),
    },
    ended: (subject) => connections.expire({ issuer: issuerOf(project), subject }),
  });
  const accepted = new AcceptedIssuers({ own: () => users.issuer, others: () => code.active?.manifest.auth ?? nobody });
  const tokens: TokenVerifier = new OwnTokens({
    tokens: new VerifiedTokens({ providers: () => accepted.all, check: checkToken, digest, now }),
    issuer: issuerOf(project),
    isAlive: (session, user) => users.isAlive(session, user),
  });
  const limits = (): ProjectLimits => code.active?.limits ?? defaultLimits;
  const engine = new EngineLink({
    host: createHost(reader),
    code,
    deadline: new Deadline({ milliseconds: callPatience, timer, now }),
    migrationDeadline: new Deadline({ milliseconds: migrationPatience, timer, now }),
    prepare: async (opened, hasMigrated) => {
      if (hasMigrated) forgetAnswers();
      else queries.restarted();
      if (hang?.kind === 'mutation' && hang.session === jobSession)
        await opened.turnAlone({ do: 'job-finished', job: hang.id, error: hang.error.message });
      else if (hang?.kind === 'mutation' && (hang.session.startsWith(keySessionPrefix) || sessions.knows(hang.session)))
        await opened.recordFailure({ session: hang.session, id: hang.id }, null, hang.error);
    },
    jobs: {
      get armedAt() {
        return jobs.armedAt;
      },
      guard: (due) => jobs.guard(due),
      wantedAt: (wakeAt) => jobs.wantedAt(wakeAt),
    },
    onLost: (failure) =>
      console.error(JSON.stringify({ level: 'error', message: 'A call to the engine was lost.', project, failure: String(failure) })),
  });
  const tell = isDevelopment === true ? tellPrinted : tellPlainly;
  const inbox: Inbox<ClientSubscription> = new Inbox({
    engine,
    queries,
    ...(gather === undefined ? {} : { gather }),
    tell,
    onRun: (run) => switchboard.recordRun(run),
    onTurn: () => {
      connections.deliver();
      outside.turned();
      if (inbox.waiting === 0) rest();
    },
    onUnkept: (count, wasWaitedFor) => keeper.turned(count, wasWaitedFor),
    onUnavailable: (error) => connections.failAll(error),
  });
  /** Other code runs from now on, or elsewhere: all that is watched must run again. */
  const forgetAnswers = (): void => {
    record.disturbed();
    connections.bringAll();
    queries.deployed();
  };
  const keeper = new Keeper({
    timer,
    keep: (most) => {
      record.numbered(queries.lastNumber);
      inbox.add({ do: 'chore', operation: { do: 'keep', most } });
    },
  });
  /** Between turns: if nothing is under way, waking may trust what is on disk. */
  const rest = (): void => {
    if (keeper.isDone && connections.areAtRest && !queries.isCatchingUp) record.calm(connections.count);
  };
  const connections: Connections = new Connections({
    queries,
    sessions,
    sockets,
    record,
    onSaved: () => {
      if (inbox.isIdle) rest();
    },
    timer,
    now,
    limits,
    newSession: () => {
      switchboard.expectSweep();
      return randomName(24);
    },
    newRequest: () => requests.next(),
    canonicalPath: (path) => code.active?.functions.canonical(path) ?? path,
    mutate: (work) => inbox.add(work),
    startAction: (action) => switchboard.startAction(action),
    version: () => engine.version,
    verify: async (token) => {
      // After sleep the app, which names its issuers, is not read yet.
      await code.ready();
      return await tokens.verify(token);
    },
    wake: () => inbox.wake(),
    sessionBegins: () => switchboard.expectSweep(),
    keepAlive: () =>
      void hands.beat().catch(() => console.error(JSON.stringify({ level: 'error', message: 'The alarm could not be set.', project }))),
    forgetOutcomes: (session, upTo) => inbox.later({ do: 'forget-outcomes', session, upTo }),
  });
  const hands = new AlarmHands({
    alarm: platformAlarm,
    disk,
    now,
    work: () => alarm.ring(),
    keepAlive: () => connections.keepAlive(),
    look: () => outside.ring(),
  });
  const served = { id: '', provider: embeddedProvider };
  const outside = new OutsideWatch({
    disk,
    now,
    ready: async () => void (await code.ready()),
    provider: () => {
      const { active } = code;
      if (active !== null && active.id !== served.id && source.from === 'deployments')
        Object.assign(served, { id: active.id, provider: store.provider(active.id) });
      return served.provider;
    },
    databaseVersion: async () => {
      await environment.open();
      const address = reader.address(served.id);
      return address === null ? null : await databaseVersion(address);
    },
    engineVersion: () => (engine.isOpen ? engine.version : null),
    hasWatchers: () => connections.count > 0,
    lookAt: (at) =>
      void hands.lookAt(at).catch(() => console.error(JSON.stringify({ level: 'error', message: 'The alarm could not be set.', project }))),
    add: (work) => inbox.add(work),
  });
  const alarm = new GuardAlarm({
    alarm: hands,
    now,
    work: async () => earliest(earliest(await switchboard.ring(), await audit.ring()), await users.mirror.ring()),
  });
  const audit = new AuditOutbox({
    disk,
    now,
    send: sendAudit,
    guard: (at) => alarm.guard(at),
    sync: gather ?? (async () => {}),
  });
  const jobs = new Jobs({
    alarm,
    now,
    newRequest: () => requests.next(),
    add: (work) => inbox.add(work),
    onRun: (run) => switchboard.recordRun(run),
    startAction: (job, call) => switchboard.startJob(job, call),
  });
  const snapshots = new SnapshotReads({
    engine,
    refresh: () =>
      new Promise((resolve, reject) => {
        const refuse = ({ code: problem, message }: WireError): void => reject(new BetterBaseError(problem, message));
        inbox.add({ do: 'task', operation: { do: 'jobs' }, settle: () => resolve(), refuse });
      }),
    call: (call) => switchboard.call(call),
  });
  const standing = new Standing(disk, project);
  const switchboard: Switchboard = new Switchboard({
    project,
    tell,
    standing,
    code,
    environment,
    queries,
    inbox,
    connections,
    sessions,
    logs,
    alarm,
    jobs,
    requests,
    snapshots,
    outside,
    tokens,
    actions: new ActionSlots({ limits, now }),
    now,
    startAction,
    onCall,
  });
  if (hang?.kind === 'query') queries.refusePath(hang.path, hang.error);
  const mover = new Mover({
    refusal: () => switchboard.refusal(),
    add: (work) => inbox.add(work),
    rest: () => new Promise((resolve) => void timer.after(1, resolve)),
  });
  const checkThis: Project['checkProvider'] = (provider) => checkProvider(provider, { environment, available: providers, checkDatabase });
  return {
    switchboard,
    connections,
    code,
    environment,
    source: reader,
    checkProvider: checkThis,
    logs,
    alarm: hands,
    mover,
    audit,
    standing,
    users,
    outside,
  };
}
