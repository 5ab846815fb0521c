import type { ClientMessage } from '@betterbase/protocol';
import { appManifest, changeDocuments, type Outcome } from '@betterbase/engine';
import type { Seeded } from '@betterbase/testing';
import type { EmbeddedStore } from '@betterbase/providers';
import { composeProject, type Project } from '../../compose/compose-project.ts';
import type { ProjectPlatform } from '../../project-platform.ts';
import type { Connection } from '../../connections/connection.ts';
import type { FoundSocket, Socket } from '../../connections/socket.ts';
import { decodeSocketMemory } from '../../connections/socket-memory.ts';
import type { ProjectCall } from '../../project-door.ts';
import type { SqlDisk } from '../../sql-disk.ts';
import { toWireError } from '../../wire-errors.ts';
import { FakeSocket } from '../fake-socket.ts';
import { EngineLives } from './engine-lives.ts';
import { Hazards, type Life, never, newLife } from './hazards.ts';
import { noPlant, type Plant } from './planted-faults.ts';
import { RunningActions } from './running-actions.ts';
import { simApp } from './sim-app.ts';
import { VirtualTime } from './virtual-time.ts';

export type EngineDisk = ConstructorParameters<typeof EmbeddedStore>[0];

/** What a platform gives: two databases, and a way to wait. */
export interface WorldParts {
  readonly disks: { readonly switchboard: SqlDisk; readonly engine: EngineDisk };
  /** Goes once through the event loop. */
  readonly macrotask: () => Promise<void>;
  readonly random: Seeded;
  readonly plant?: Plant;
}

/**
 * One project from its sockets to its databases: the real switchboard before the real engine, in time that does not pass by
 * itself, in a process that can be lost.
 */
export class World {
  readonly hazards = new Hazards();
  readonly time: VirtualTime;
  readonly disks: WorldParts['disks'];
  readonly actions: RunningActions;
  mostOperations = Number.MAX_SAFE_INTEGER;
  project: Project;
  readonly #parts: WorldParts;
  readonly #plant: Plant;
  readonly #engines: EngineLives;
  #process: Life = newLife();
  #sockets: FakeSocket[] = [];
  #drained: (() => void)[] = [];
  #names = 0;
  #lastSaidAt = 0;

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.#plant = parts.plant ?? noPlant;
    this.disks = parts.disks;
    this.time = new VirtualTime({ settle: () => this.settle(), ring: () => this.#ring() });
    this.actions = new RunningActions(this.time.now);
    this.#engines = new EngineLives({
      disk: parts.disks.engine,
      now: this.time.now,
      randomBytes: (length) => parts.random.bytes(length),
      whenDrained: (act) => void this.#drained.push(act),
      hazards: this.hazards,
      kill: () => this.kill(),
      mostOperations: () => this.mostOperations,
      plant: this.#plant,
    });
    this.project = composeProject(this.#platform(this.#process));
  }

  /** Returns when everything has happened that can happen without time passing. */
  async settle(): Promise<void> {
    for (let rounds = 0; rounds < 40; rounds++) {
      await this.#parts.macrotask();
      const drained = this.#drained;
      if (drained.length === 0 && rounds > 0) return;
      this.#drained = [];
      for (const act of drained) act();
    }
  }

  connect(session: string | null): FakeSocket {
    const socket = new FakeSocket();
    socket.connection = this.project.connections.open(this.#end(socket));
    this.#sockets.push(socket);
    this.say(socket, { type: 'connect', protocol: 1, session, version: 0, client: 'simulation' });
    return socket;
  }

  say(socket: FakeSocket, message: ClientMessage): void {
    const connection = this.#connectionOf(socket);
    if (connection !== null) this.project.connections.receive(connection, JSON.stringify(message));
  }

  /** False once either side has closed it, or the process that held it was lost. */
  isOpen(socket: FakeSocket): boolean {
    return this.#sockets.includes(socket) && socket.closedWith === null;
  }

  hangUp(socket: FakeSocket): void {
    const connection = this.#connectionOf(socket);
    this.#sockets = this.#sockets.filter((each) => each !== socket);
    if (connection !== null) this.project.connections.closed(connection);
    socket.connection = null;
  }

  /** A call over HTTP. Null: the process was lost, and whether it was carried out is not known. */
  async call(call: Pick<ProjectCall, 'kind' | 'path' | 'args' | 'reach' | 'idempotencyKey'>): Promise<Outcome | null> {
    const process = this.#process;
    const whole = { ...call, identity: null, requestId: this.#name() };
    try {
      return await Promise.race([Promise.resolve(this.project.switchboard.call(whole)), process.end]);
    } catch (failure) {
      if (process.isOver) return null;
      throw failure;
    }
  }

  /** Null: the process was lost. */
  async deploy(app: string): Promise<boolean | null> {
    const process = this.#process;
    const deployed = this.project.code.deploy({ app }).catch((failure: unknown) => {
      if (process.isOver) return null;
      throw failure;
    });
    const result = await Promise.race([deployed, process.end.catch(() => null)]);
    return result === null ? null : result.ok;
  }

  /** The platform may put the object to sleep: no call is under way, and no timer waits for what was said to be saved. */
  get isAtRest(): boolean {
    return this.#engines.underWay === 0 && this.time.elapsed - this.#lastSaidAt > 1_000;
  }

  /** Memory is lost; sockets and databases stay, and the engine does or does not. */
  sleep(engine: 'ends' | 'stays'): void {
    if (engine === 'ends') this.#engines.lose();
    this.#startAnew();
    this.#sockets = this.#sockets.filter(({ closedWith }) => closedWith === null);
    for (const socket of this.#sockets) socket.connection = null;
    if (this.project.code.exists) this.project.connections.begin();
  }

  /** The platform hands an event of a socket to the object, which may have slept. */
  #connectionOf(socket: FakeSocket): Connection | null {
    if (!this.isOpen(socket)) return null;
    socket.connection ??= this.project.connections.wake(this.#found(socket));
    return socket.connection;
  }

  #found(socket: FakeSocket): FoundSocket {
    return { socket: this.#end(socket), memory: decodeSocketMemory(socket.memory) };
  }

  /** The process is killed: sockets break, and actions under way are lost. */
  kill(): void {
    for (const socket of this.#sockets) socket.connection = null;
    this.#sockets = [];
    this.actions.loseAll();
    this.#engines.lose();
    this.#startAnew();
    if (this.project.code.exists) this.project.connections.begin();
  }

  /** The action that has run for longest, if there is one, writes its mark and ends. */
  async finishAction(): Promise<void> {
    const order = this.actions.take();
    if (order === null) return;
    const { ticket, call } = order;
    const outcome = await this.call({ kind: 'mutation', path: 'sim:worked', args: call.args, reach: 'any', idempotencyKey: null });
    const report = { path: call.path, milliseconds: 1, rowsRead: 0, rowsWritten: 0, lines: [] };
    if (outcome !== null) this.project.actions.finished(ticket, call.requestId, { outcome, report });
  }

  /** The process's end of a socket. */
  #end(socket: FakeSocket): Socket {
    const process = this.#process;
    return {
      name: socket.name,
      send: (text) => {
        if (process.isOver) return;
        this.#lastSaidAt = this.time.elapsed;
        this.#plant.send(socket, text);
      },
      close: (code, reason) => {
        if (!process.isOver) socket.close(code, reason);
      },
      remember: (text) => {
        if (!process.isOver) socket.remember(text);
      },
    };
  }

  #startAnew(): void {
    this.#process.over(new Error('The process ended.'));
    this.time.processLost();
    this.#process = newLife();
    this.project = composeProject(this.#platform(this.#process));
  }

  async #ring(): Promise<void> {
    const process = this.#process;
    await this.project.alarm.ring();
    if (process.isOver) await never();
  }

  #name(): string {
    this.#names += 1;
    return `name${this.#names}`;
  }

  #platform(process: Life): ProjectPlatform {
    const { time, disks } = this;
    const engines = this.#engines;
    const alarm = this.#plant.alarm(time.alarm);
    const step = (): Promise<void> => this.#step(process);
    return {
      project: 'simulation',
      disk: {
        rows: (sql, ...bindings) => (process.isOver ? [] : disks.switchboard.rows(sql, ...bindings)),
        transaction: (work) => (process.isOver ? work() : disks.switchboard.transaction(work)),
      },
      now: time.now,
      timer: { after: (milliseconds, act) => (process.isOver ? () => {} : time.after(milliseconds, act)) },
      alarm: {
        get: () => alarm.get(),
        set: async (at) => {
          await step();
          await alarm.set(at);
          await step();
        },
      },
      sockets: {
        find: (name) => {
          const socket = this.#sockets.find((each) => each.name === name && each.closedWith === null);
          return socket === undefined || process.isOver ? null : this.#found(socket);
        },
        all: () => this.#sockets.filter(({ closedWith }) => closedWith === null).map((socket) => this.#found(socket)),
      },
      randomName: () => this.#name(),
      digest: async (text) => `digest of ${text}`,
      source: {
        from: 'deployments',
        edge: (deployment, { bundle }) => ({
          describe: async () => {
            await step();
            try {
              return { ok: true, manifest: await appManifest(simApp(bundle(deployment))) };
            } catch (failure) {
              return { ok: false, error: toWireError(failure) };
            }
          },
          changeDocuments: async (parcel) => changeDocuments(simApp(bundle(deployment)), parcel),
        }),
      },
      cipher: null,
      createHost: ({ bundle }) => ({
        start: (deployment) => {
          if (process.isOver) throw new Error('This process has ended.');
          return engines.start(() => bundle(deployment));
        },
        abort: (reason) => {
          if (!process.isOver) engines.end(reason);
        },
      }),
      startAction: async (order) => {
        await step();
        this.actions.start(order);
        await step();
      },
      checkDatabase: async () => ({ ok: false, error: { code: 'provider/unreachable', message: 'There is no other database here.' } }),
      sendAudit: async () => {},
      claimDatabase: async () => ({ ok: false, error: { code: 'provider/unreachable', message: 'There is no other database here.' } }),
      databaseVersion: async () => null,
      findOwner: async () => ({ ok: false, error: { code: 'provider/unreachable', message: 'There is no other database here.' } }),
      checkToken: async () => ({ ok: false, error: { code: 'auth/bad-token', message: 'Nobody shows a token here.' } }),
      hang: null,
      onCall: () => {},
    };
  }

  /** Where the process alone is at work, only it can be lost. */
  async #step(process: Life): Promise<void> {
    if (process.isOver) return await never();
    if (this.hazards.next() !== 'kill') return;
    this.kill();
    return await never();
  }
}
