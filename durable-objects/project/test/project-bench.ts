/** A whole switchboard in Node: real SQLite, a fake engine, time that a test moves, sleep that a test begins. */
import { type Cipher, createCipher } from '@betterbase/providers/cipher';
import { createHash } from 'node:crypto';
import type { AppManifest, ClientMessage } from '@betterbase/protocol';
import type { DatabaseClaim } from '@betterbase/providers';
import type { EngineHost } from '../host/engine-host.ts';
import type { ProviderAddress } from '../provider/provider-address.ts';
import type { ProviderType } from '../provider/provider-rules.ts';
import type { SqlDisk } from '../sql-disk.ts';
import { composeProject, type Project } from '../compose/compose-project.ts';
import type { ProjectPlatform } from '../project-platform.ts';
import type { Protocol } from '../connections/protocol.ts';
import type { Connection } from '../connections/connection.ts';
import type { FoundSocket } from '../connections/socket.ts';
import { decodeSocketMemory } from '../connections/socket-memory.ts';
import { toWireError } from '../wire-errors.ts';
import type { HangNotice } from '../hang-notice.ts';
import type { ActionOrder } from '../actions.ts';
import { FakeHost } from './fake-engine.ts';
import { FakeSocket } from './fake-socket.ts';
import { FakeTimer, settled } from './fake-timer.ts';
import { nodeDisk } from './node-disk.ts';

export const cellsManifest: AppManifest = {
  functions: ['get', 'who', 'now', 'fail', 'loop'].map((name) => ({
    path: `cells:${name}`,
    kind: 'query' as const,
    visibility: 'public' as const,
    args: null,
    returns: null,
  })),
  schema: { tables: [] },
  routes: [],
};

export class ProjectBench {
  readonly host = new FakeHost();
  readonly timer = new FakeTimer();
  readonly disk = nodeDisk();
  readonly actions: ActionOrder[] = [];
  readonly alarms: { at: number | null } = { at: null };
  /** What describing a bundle gives; throws for one that does not load. */
  describe: (app: string, values: Readonly<Record<string, string>>) => AppManifest = () => cellsManifest;
  readonly #providers: readonly ProviderType[];
  /** Who a token speaks for; nobody unless a test says so. */
  checkToken: ProjectPlatform['checkToken'] = async () => ({ ok: false, error: { code: 'auth/bad-token', message: 'No.' } });
  /** What opening a database elsewhere finds. */
  checkDatabase: ProjectPlatform['checkDatabase'] = async () => ({
    ok: false,
    error: { code: 'provider/unreachable', message: 'Nobody is there.' },
  });
  /** Whose the databases elsewhere are, by address. */
  readonly owners = new Map<string, DatabaseClaim>();
  /** Whose a database is once it was asked for: whoever asks first has it. */
  claimDatabase: ProjectPlatform['claimDatabase'] = async (address, claim) => {
    const holder = this.owners.get(placeOf(address)) ?? claim;
    this.owners.set(placeOf(address), holder);
    return { ok: true, holder };
  };
  databaseVersion: ProjectPlatform['databaseVersion'] = async () => null;
  findOwner: ProjectPlatform['findOwner'] = async (address) => ({ ok: true, holder: this.owners.get(placeOf(address)) ?? null });
  hang: HangNotice | null = null;
  cipher: Cipher | null = createCipher('a secret of thirty-two characters', 'bench');
  #names = 0;
  #life: object = {};
  #sockets: FakeSocket[] = [];
  project: Project;

  /** @param providers what documents can rest in */
  constructor(providers: readonly ProviderType[] = ['embedded']) {
    this.#providers = providers;
    this.host.disk.now = this.timer.now;
    this.project = composeProject(this.#platform());
  }

  /** A bench with the cells app deployed. */
  static async deployed(): Promise<ProjectBench> {
    const bench = new ProjectBench();
    const deployed = await bench.project.code.deploy({ app: 'cells' });
    if (!deployed.ok) throw new Error(deployed.error.message);
    return bench;
  }

  connect(session: string | null = null): FakeSocket {
    const socket = this.socket();
    this.say(socket, { type: 'connect', protocol: 1, session, version: 0, client: 'test' });
    return socket;
  }

  /** A socket on which nothing was said. */
  socket(protocol?: Protocol): FakeSocket {
    const socket = new FakeSocket();
    socket.connection = this.project.connections.open(socket, protocol);
    this.#sockets.push(socket);
    return socket;
  }

  say(socket: FakeSocket, message: ClientMessage | string | ArrayBuffer): void {
    const connection = this.#connectionOf(socket);
    if (connection === null) return;
    const frame = typeof message === 'string' || message instanceof ArrayBuffer ? message : JSON.stringify(message);
    this.project.connections.receive(connection, frame);
  }

  watch(socket: FakeSocket, id: number, path: string, args: { readonly cell: string }, hash?: string): void {
    this.say(socket, { type: 'watch', add: [{ id, path, args, ...(hash === undefined ? {} : { hash }) }], remove: [] });
  }

  hangUp(socket: FakeSocket): void {
    const connection = this.#connectionOf(socket);
    this.#sockets = this.#sockets.filter((each) => each !== socket);
    if (connection !== null) this.project.connections.closed(connection);
    socket.connection = null;
  }

  async mutate(path: string, args: object, idempotencyKey: string | null = null) {
    return await this.project.switchboard.call({
      kind: 'mutation',
      path,
      args: JSON.stringify(args),
      identity: null,
      reach: 'public',
      requestId: `request ${++this.#names}`,
      idempotencyKey,
    });
  }

  async query(path: string, args: object) {
    return await this.project.switchboard.call({
      kind: 'query',
      path,
      args: JSON.stringify(args),
      identity: null,
      reach: 'public',
      requestId: `request ${++this.#names}`,
      idempotencyKey: null,
    });
  }

  /** Memory is lost; sockets, disks and, if it says so, the engine's process stay. */
  sleep({ engine = 'ends' }: { readonly engine?: 'ends' | 'stays' } = {}): void {
    if (engine === 'ends') this.host.abort();
    this.project = composeProject(this.#platform());
    this.#sockets = this.#sockets.filter((socket) => socket.closedWith === null);
    for (const socket of this.#sockets) socket.connection = null;
    this.project.connections.begin();
  }

  /** The platform hands an event of a socket to the object, which may have slept. */
  #connectionOf(socket: FakeSocket): Connection | null {
    if (!this.#sockets.includes(socket)) return null;
    socket.connection ??= this.project.connections.wake(found(socket));
    return socket.connection;
  }

  /** The process is killed: sockets break too. */
  crash(): void {
    for (const socket of this.#sockets) socket.connection = null;
    this.#sockets = [];
    this.sleep();
  }

  quiet(): Promise<void> {
    return settled();
  }

  #platform(): ProjectPlatform {
    const { timer, actions, alarms } = this;
    // What is left of an earlier life reaches nothing any more, as with a process that has ended.
    const life = {};
    this.#life = life;
    const disk: SqlDisk = {
      rows: (sql, ...bindings) => (this.#life === life ? this.disk.rows(sql, ...bindings) : []),
      transaction: (work) => (this.#life === life ? this.disk.transaction(work) : work()),
    };
    const host: EngineHost = {
      start: (deployment) => {
        if (this.#life !== life) throw new Error('This life is over.');
        return this.host.start(deployment);
      },
      abort: () => {
        if (this.#life === life) this.host.abort();
      },
    };
    return {
      project: 'bench',
      disk,
      now: timer.now,
      timer: { after: (milliseconds, act) => timer.after(milliseconds, () => (this.#life === life ? act() : undefined)) },
      alarm: { get: async () => alarms.at, set: async (at) => void (alarms.at = at) },
      sockets: {
        find: (name) => {
          const socket = this.#sockets.find((each) => each.name === name && each.closedWith === null);
          return socket === undefined ? null : found(socket);
        },
        all: (protocol) =>
          this.#sockets
            .filter(({ closedWith }) => closedWith === null)
            .map(found)
            .filter(({ memory }) => protocol === undefined || memory?.protocol.name === protocol),
      },
      randomName: () => `name${++this.#names}`,
      digest: async (text) => createHash('sha256').update(text).digest('hex'),
      source: {
        from: 'deployments',
        edge: (deployment, { bundle, values }) => ({
          describe: async () => {
            try {
              return { ok: true, manifest: this.describe(bundle(deployment), values(deployment)) };
            } catch (failure) {
              if (failure instanceof Error && failure.message.startsWith('Failed to start')) throw failure;
              return { ok: false, error: toWireError(failure) };
            }
          },
          changeDocuments: async (parcel) => ({ ok: true, parcel }),
        }),
      },
      cipher: this.cipher,
      providers: this.#providers,
      createHost: () => host,
      startAction: async (order) => void actions.push(order),
      checkToken: (token, providers) => this.checkToken(token, providers),
      claimDatabase: (address, claim) => this.claimDatabase(address, claim),
      databaseVersion: (address) => this.databaseVersion(address),
      findOwner: (address) => this.findOwner(address),
      checkDatabase: (address) => this.checkDatabase(address),
      sendAudit: async () => {},
      hang: this.hang,
      onCall: () => {},
    };
  }
}

function found(socket: FakeSocket): FoundSocket {
  return { socket, memory: decodeSocketMemory(socket.memory) };
}

function placeOf(address: ProviderAddress): string {
  switch (address.type) {
    case 'd1':
      return address.binding;
    case 'turso':
      return address.url;
    default:
      return 'binding' in address ? address.binding : address.connectionString;
  }
}
