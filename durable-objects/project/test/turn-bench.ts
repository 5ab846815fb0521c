/** Inbox, live queries and engine link around a fake engine, as the switchboard has them. */
import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import { type Caller, createCaller, stranger } from '../turns/caller.ts';
import { Deadline } from '../turns/deadline.ts';
import { EngineLink } from '../turns/engine-link.ts';
import { Inbox } from '../turns/inbox.ts';
import { LiveQueries } from '../turns/live-queries.ts';
import type { LiveQuery, Watcher } from '../turns/live-query.ts';
import type { MutationResult } from '../turns/work.ts';
import { type FakeEngine, FakeHost } from './fake-engine.ts';
import { FakeTimer, settled } from './fake-timer.ts';

export interface BenchWatcher extends Watcher {
  readonly path: string;
  readonly args: string;
}

export function turnBench({
  deployment = 'd1',
  maxCharacters = 1_000_000,
}: {
  readonly deployment?: string | null;
  readonly maxCharacters?: number;
} = {}) {
  const host = new FakeHost();
  host.disk.deployment = deployment;
  const timer = new FakeTimer();
  const unavailable: WireError[] = [];
  let turns = 0;
  let requests = 0;
  const engine = new EngineLink({
    host,
    deadline: new Deadline({ milliseconds: 30_000, timer, now: timer.now }),
    migrationDeadline: new Deadline({ milliseconds: 300_000, timer, now: timer.now }),
    code: { load: async () => {}, deployment: () => deployment, adopt: (stored) => stored, confirm: () => {}, consent: () => null },
    prepare: async () => queries.restarted(),
    jobs: { armedAt: null, guard: async () => {}, wantedAt: () => {} },
    onLost: () => {},
  });
  const rehomed: BenchWatcher[] = [];
  const queries: LiveQueries<BenchWatcher> = new LiveQueries({
    now: timer.now,
    maxCharacters,
    enqueue: (query) => inbox.add({ do: 'query', query }),
    wake: () => inbox.wake(),
    rehome: (watcher) => {
      rehomed.push(watcher);
      queries.watch(callOf(watcher.path, watcher.args, watcher.caller), watcher);
    },
    bring: () => {},
  });
  const inbox: Inbox<BenchWatcher> = new Inbox({
    engine,
    queries,
    now: timer.now,
    timer,
    onRun: () => {},
    onTurn: () => turns++,
    onUnkept: () => {},
    onUnavailable: (error) => unavailable.push(error),
  });

  const callOf = (path: string, args: string, caller: Caller) => ({
    path,
    args,
    identity: caller.identity,
    reach: caller.reach,
    requestId: `r${++requests}`,
  });

  return {
    host,
    disk: host.disk,
    timer,
    engineLink: engine,
    queries,
    inbox,
    unavailable,
    rehomed,
    turns: () => turns,
    async open(): Promise<void> {
      await engine.open();
    },
    engine(): FakeEngine {
      if (host.engine === null) throw new Error('No engine runs.');
      return host.engine;
    },
    turnSizes(): number[] {
      return host.engine?.turns.map(({ operations }) => operations.length) ?? [];
    },
    /** The platform ends the engine and starts it again without telling anybody. */
    reboot(): void {
      const old = host.engine;
      host.engine = null;
      const fresh = host.start(deployment ?? '');
      if (old !== null) {
        old.turn = (request) => fresh.turn(request);
      }
    },
    quiet: settled,
    mutate(path: string, args: object, session: string | null = null, id = `m${++requests}`): Promise<MutationResult> {
      return new Promise((resolve, reject) => {
        inbox.add({
          do: 'mutation',
          request: { session, id },
          call: callOf(path, JSON.stringify(args), stranger),
          settle: resolve,
          refuse: reject,
        });
      });
    },
    ask(path: string, args: object, caller: Caller = stranger): Promise<{ outcome: Outcome; isCached: boolean }> {
      return new Promise((resolve) => {
        queries.ask(callOf(path, JSON.stringify(args), caller), caller, {
          caller,
          answer: (outcome, isCached) => resolve({ outcome, isCached }),
        });
      });
    },
    watch(path: string, args: object, caller: Caller = stranger): LiveQuery<BenchWatcher> & { readonly watcher: BenchWatcher } {
      const watcher: BenchWatcher = { caller, path, args: JSON.stringify(args) };
      return Object.assign(queries.watch(callOf(path, watcher.args, caller), watcher), { watcher });
    },
  };
}

/** Somebody signed in. */
export function signedIn(subject: string): Caller {
  return createCaller({ subject, issuer: 'test', tokenIdentifier: `test|${subject}`, iat: Math.random() }, 'public');
}
