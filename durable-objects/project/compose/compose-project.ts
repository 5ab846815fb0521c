/** Wires the switchboard of one project. Nothing else says `new` of its parts; knows no platform. */
import { BetterBaseError, defaultLimits, type ProjectLimits } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import { ActionSlots } from '../action-slots.ts';
import { Actions } from '../actions.ts';
import { earliest, GuardAlarm } from '../alarm.ts';
import { AlarmHands } from '../alarm-hands.ts';
import { AuditOutbox } from '../audit/audit-outbox.ts';
import { CallRecords } from '../call-records.ts';
import type { ClientSubscription } from '../connections/connection.ts';
import { Connections } from '../connections/connections.ts';
import type { ProjectCode } from '../deployments/project-code.ts';
import type { Environment } from '../environment/environment.ts';
import { Jobs } from '../jobs.ts';
import { Logs } from '../logs.ts';
import { Mover } from '../move/mover.ts';
import type { ProjectDoor } from '../project-door.ts';
import type { ProjectPlatform, SourceReader } from '../project-platform.ts';
import { checkProvider } from '../provider/check-provider.ts';
import type { OutsideWatch } from '../provider/outside-watch.ts';
import { jobSession, keySessionPrefix, Requests } from '../requests.ts';
import { SnapshotReads } from '../snapshot-reads.ts';
import { Standing } from '../standing.ts';
import { Switchboard } from '../switchboard.ts';
import { Deadline } from '../turns/deadline.ts';
import { EngineLink } from '../turns/engine-link.ts';
import { Inbox } from '../turns/inbox.ts';
import { Keeper } from '../turns/keeper.ts';
import { LiveQueries } from '../turns/live-queries.ts';
import { tellPlainly, tellPrinted } from '../turns/printed.ts';
import type { ProjectUsers } from '../users/project-users.ts';
import { availableProviders, composeCode } from './compose-code.ts';
import { composeOutside } from './compose-outside.ts';
import { composeUsers } from './compose-users.ts';
import { openData } from './project-data.ts';

const callPatience = 30_000;
const migrationPatience = 300_000;
/** Of answers kept in memory; an object has 128 MB. */
const answerCharacters = 32 * 1024 * 1024;

export interface Project {
  readonly switchboard: Switchboard;
  readonly actions: Actions;
  readonly records: CallRecords;
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

export function composeProject(platform: ProjectPlatform): Project {
  const { project, disk, now, timer, randomName, gather, hang } = platform;
  const data = openData(platform);
  const { sessions, record, environment } = data;
  const requests = new Requests(randomName(9));
  const logs = new Logs(now());
  const records = new CallRecords({
    logs,
    now,
    newRequest: () => requests.next(),
    connections: () => connections.count,
    onCall: platform.onCall,
  });

  const queries: LiveQueries<ClientSubscription> = new LiveQueries({
    now,
    maxCharacters: answerCharacters,
    enqueue: (query) => inbox.add({ do: 'query', query }),
    wake: () => inbox.wake(),
    rehome: (subscription) => connections.rehome(subscription),
    bring: (number) => connections.bring(number),
  });
  const code = composeCode(platform, data, {
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
  });
  const { users, tokens } = composeUsers(platform, data, {
    code,
    requests,
    call: (call) => switchboard.call(call),
    guard: (at) => alarm.guard(at),
    expire: (user) => connections.expire(user),
  });
  const limits = (): ProjectLimits => code.active?.limits ?? defaultLimits;
  const engine = new EngineLink({
    host: platform.createHost(data.source),
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
  const tell = platform.isDevelopment === true ? tellPrinted : tellPlainly;
  const inbox: Inbox<ClientSubscription> = new Inbox({
    engine,
    queries,
    ...(gather === undefined ? {} : { gather }),
    now,
    timer,
    tell,
    onRun: (run) => records.addRun(run),
    onTurn: () => {
      connections.deliver();
      outside.turned();
      if (inbox.isCaughtUp) rest();
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
    sockets: platform.sockets,
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
    startAction: (action) => actions.start(action),
    version: () => engine.version,
    verify: async (token) => {
      // After sleep the app, which names its issuers, is not read yet.
      await code.ready();
      return await tokens.verify(token);
    },
    wake: () => inbox.wake(),
    sessionBegins: () => switchboard.expectSweep(),
    keepAlive: () => void hands.beat().catch(alarmNotSet),
    forgetOutcomes: (session, upTo) => inbox.later({ do: 'forget-outcomes', session, upTo }),
  });
  const alarmNotSet = (): void => console.error(JSON.stringify({ level: 'error', message: 'The alarm could not be set.', project }));
  const hands = new AlarmHands({
    alarm: platform.alarm,
    disk,
    now,
    work: () => alarm.ring(),
    keepAlive: () => connections.keepAlive(),
    look: () => outside.ring(),
  });
  const outside = composeOutside(platform, data, {
    code,
    engine,
    hasWatchers: () => connections.count > 0,
    lookAt: (at) => void hands.lookAt(at).catch(alarmNotSet),
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
    send: platform.sendAudit,
    guard: (at) => alarm.guard(at),
    sync: gather ?? (async () => {}),
  });
  const standing = new Standing(disk, project);
  const jobs = new Jobs({
    alarm,
    now,
    isPaused: () => standing.state !== 'open',
    newRequest: () => requests.next(),
    add: (work) => inbox.add(work),
    onRun: (run) => records.addRun(run),
    startAction: (job, call) => actions.startJob(job, call),
  });
  const actions = new Actions({
    project,
    slots: new ActionSlots({ limits, now }),
    records,
    tell,
    code: () => ({ deployment: code.active?.id ?? '', environment: environment.revision }),
    start: platform.startAction,
    onClientAction: (session, id, outcome) => connections.actionFinished(session, id, outcome),
    onJob: (job, result) => jobs.actionFinished(job, result),
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
  const switchboard: Switchboard = new Switchboard({
    project,
    standing,
    code,
    environment,
    queries,
    inbox,
    connections,
    sessions,
    records,
    alarm,
    jobs,
    requests,
    snapshots,
    outside,
    tokens,
    actions,
    now,
  });
  if (hang?.kind === 'query') queries.refusePath(hang.path, hang.error);
  const mover = new Mover({
    refusal: () => switchboard.refusal(),
    add: (work) => inbox.add(work),
    rest: () => new Promise((resolve) => void timer.after(1, resolve)),
  });
  return {
    switchboard,
    actions,
    records,
    connections,
    code,
    environment,
    source: data.source,
    checkProvider: (provider) =>
      checkProvider(provider, { environment, available: availableProviders(platform), checkDatabase: platform.checkDatabase }),
    logs,
    alarm: hands,
    mover,
    audit,
    standing,
    users,
    outside,
  };
}
