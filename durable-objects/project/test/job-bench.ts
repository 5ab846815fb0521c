/** A switchboard in front of a real engine, whose process can be lost before and after every step. */
import { createHash, randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import {
  defineSchema,
  defineTable,
  internalMutation,
  makeFunctionReference,
  mutation,
  query,
  type SchedulableFunctionReference,
  v,
} from '@betterbase/core';
import { type AppModule, appManifest, changeDocuments, type EngineDoor, type HostGlobals, ReactiveEngine } from '@betterbase/engine';
import { EmbeddedStore, nodeDisk as storeDisk } from '@betterbase/providers';
import { composeProject, type Project } from '../compose/compose-project.ts';
import type { HangNotice } from '../hang-notice.ts';
import { FakeTimer, settled } from './fake-timer.ts';
import { nodeDisk } from './node-disk.ts';

const note: SchedulableFunctionReference = makeFunctionReference<'mutation'>('jobs:note');

const app: AppModule = {
  schema: defineSchema({ notes: defineTable({ text: v.string() }) }),
  http: null,
  modules: {
    jobs: {
      notes: query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).map(({ text }) => text) }),
      note: internalMutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('notes', { text }) }),
      plain: mutation({ args: {}, handler: async ({ db }) => await db.insert('notes', { text: 'plain' }) }),
      states: query({
        args: {},
        handler: async ({ db }) => (await db.system.query('_scheduled_functions').collect()).map(({ state }) => state),
      }),
      later: mutation({
        args: { ms: v.number() },
        handler: async ({ scheduler }, { ms }) => await scheduler.runAfter(ms, note, { text: 'ran' }),
      }),
    },
  },
};

/** Timers by number, as the engine wants them: it only ever waits for its own microtasks. */
const timers = new Map<number, ReturnType<typeof setTimeout>>();
const hostGlobals: Omit<HostGlobals, 'now'> = {
  setTimeout: (act, milliseconds) => {
    const number = timers.size + 1;
    timers.set(number, setTimeout(act, milliseconds));
    return number;
  },
  clearTimeout: (number) => clearTimeout(timers.get(number)),
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  print: () => {},
};

export class JobBench {
  readonly timer = new FakeTimer();
  readonly alarms: { at: number | null; sets: number } = { at: null, sets: 0 };
  /** How many steps the process still takes. */
  stepsLeft = Number.POSITIVE_INFINITY;
  hang: HangNotice | null = null;
  readonly #disk = nodeDisk();
  readonly #database = new DatabaseSync(':memory:');
  #names = 0;
  #life: object = {};
  project: Project;

  readonly #apps: (bundle: string) => AppModule;

  constructor(apps: (bundle: string) => AppModule = () => app) {
    this.#apps = apps;
    this.project = this.#compose();
  }

  static async deployed(): Promise<JobBench> {
    const bench = new JobBench();
    const deployed = await bench.project.code.deploy({ app: 'jobs' });
    if (!deployed.ok) throw new Error(deployed.error.message);
    return bench;
  }

  /** What the caller is told; a promise that never settles if the process is lost. */
  call(kind: 'query' | 'mutation', name: string, args: object = {}) {
    const call = {
      kind,
      path: `jobs:${name}`,
      args: JSON.stringify(args),
      identity: null,
      reach: 'public',
      requestId: 'r',
      idempotencyKey: null,
    } as const;
    return this.project.switchboard.call(call);
  }

  /** How many notes there are, past the project, which may let nobody in. */
  get storedNotes(): number {
    return Number(this.#database.prepare('SELECT count(*) AS count FROM notes').get()?.['count']);
  }

  /** The process is lost, and starts again. */
  restart(): void {
    this.stepsLeft = Number.POSITIVE_INFINITY;
    this.project = this.#compose();
  }

  /** Nobody calls: time passes until the alarm has nothing more to ring for. */
  async silence(milliseconds: number): Promise<void> {
    const until = this.timer.now() + milliseconds;
    for (let at = this.alarms.at; at !== null && at <= until; at = this.alarms.at) {
      await this.timer.pass(Math.max(0, at - this.timer.now()));
      this.alarms.at = null;
      await this.project.alarm.ring();
      await settled();
    }
    await this.timer.pass(until - this.timer.now());
  }

  #compose(): Project {
    const { timer, alarms } = this;
    const life = {};
    this.#life = life;
    let engine: EngineDoor | null = null;
    return composeProject({
      project: 'jobs',
      disk: this.#disk,
      now: timer.now,
      timer: { after: (milliseconds, act) => timer.after(milliseconds, () => (this.#life === life ? act() : undefined)) },
      alarm: {
        get: async () => alarms.at,
        set: async (at) => {
          await this.#step(life);
          alarms.at = at;
          alarms.sets += 1;
          await this.#step(life);
        },
      },
      sockets: { find: () => null, all: () => [] },
      randomName: () => `name${++this.#names}`,
      digest: async (text) => createHash('sha256').update(text).digest('hex'),
      source: {
        from: 'deployments',
        edge: (deployment, { bundle }) => ({
          describe: async () => ({ ok: true, manifest: await appManifest(this.#apps(bundle(deployment))) }),
          changeDocuments: async (parcel) => {
            await this.#step(life);
            return changeDocuments(this.#apps(bundle(deployment)), parcel);
          },
        }),
      },
      backfillAbove: 0,
      cipher: null,
      createHost: ({ bundle }) => ({
        start: (deployment) => (engine ??= this.#engine(life, this.#apps(bundle(deployment)))),
        abort: () => {
          engine = null;
        },
      }),
      checkDatabase: async () => ({ ok: false, error: { code: 'provider/unreachable', message: 'Jobs are in the project itself.' } }),
      sendAudit: async () => {},
      claimDatabase: async () => ({ ok: false, error: { code: 'provider/unreachable', message: 'There is no other database here.' } }),
      databaseVersion: async () => null,
      findOwner: async () => ({ ok: false, error: { code: 'provider/unreachable', message: 'There is no other database here.' } }),
      checkToken: async () => ({ ok: false, error: { code: 'auth/bad-token', message: 'Jobs show no tokens.' } }),
      startAction: async () => {},
      hang: this.hang,
      onCall: () => {},
    });
  }

  #engine(life: object, own: AppModule): EngineDoor {
    const host = { ...hostGlobals, now: this.timer.now };
    const engine = new ReactiveEngine({ app: own, host, store: new EmbeddedStore(storeDisk(this.#database)), isDevelopment: false });
    const stepped = async <T>(work: () => Promise<T>): Promise<T> => {
      await this.#step(life);
      const result = await work();
      await this.#step(life);
      return result;
    };
    return {
      status: () => stepped(() => engine.status()),
      mayFollow: () => stepped(() => engine.mayFollow()),
      plan: (manifest) => stepped(() => engine.plan(manifest)),
      migrate: (...migration) => stepped(() => engine.migrate(...migration)),
      backfill: (request) => stepped(() => engine.backfill(request)),
      appliedMigrations: () => stepped(() => engine.appliedMigrations()),
      turn: (request) => stepped(() => engine.turn(request)),
      outcomesSince: (version) => stepped(() => engine.outcomesSince(version)),
      recordFailure: (...failure) => stepped(() => engine.recordFailure(...failure)),
    };
  }

  /** Goes on, or never: the process is gone. */
  async #step(life: object): Promise<void> {
    this.stepsLeft -= 1;
    if (this.stepsLeft < 0 || this.#life !== life) await new Promise(() => {});
  }
}
