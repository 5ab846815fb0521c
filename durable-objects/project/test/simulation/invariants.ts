/** What must be true of every life. */
import { decodeFromJson, encodeToJson, type Value } from '@betterbase/core';
import { ReactiveEngine } from '@betterbase/engine';
import { EmbeddedStore } from '@betterbase/providers';
import { checkBank, checkHistory, type HistoryRecorder } from '@betterbase/testing/history';
import type { HttpCallers } from './http-callers.ts';
import { accounts, openingBalance, simApp } from './sim-app.ts';
import type { Plans } from './outcomes.ts';
import type { SimClient } from './sim-client.ts';
import type { World } from './world.ts';

export interface Witnesses {
  readonly world: World;
  readonly clients: readonly SimClient[];
  readonly http: HttpCallers;
  readonly recorder: HistoryRecorder;
  readonly plans: Plans;
}

interface JobRow {
  readonly name: string;
  readonly mark: string;
  readonly state: string;
  readonly scheduledTime: number;
  readonly completedTime: number | null;
}

interface CronRow {
  readonly cron: string;
  readonly state: string;
  readonly scheduledTime: number;
}

export const findViolations = {
  /** Nobody has called for an hour: what was due has run. */
  async afterSilence({ world }: Witnesses): Promise<readonly string[]> {
    const reader = await Reader.open(world);
    const late = world.time.now() - 20 * 60_000;
    const jobs = (await reader.ask('sim:jobs')) as readonly JobRow[];
    const crons = (await reader.ask('sim:cronRuns')) as readonly CronRow[];
    return [
      ...jobs
        .filter(({ state, scheduledTime }) => state === 'pending' && scheduledTime < late)
        .map(({ mark, name }) => `${name} of ${mark} was due long ago, and has not run.`),
      ...crons
        .filter(({ state, scheduledTime }) => state === 'pending' && scheduledTime < late)
        .map(({ cron }) => `The cron job ${cron} was due long ago, and has not run.`),
    ];
  },

  async atRest(witnesses: Witnesses): Promise<readonly string[]> {
    const reader = await Reader.open(witnesses.world);
    const { recorder } = witnesses;
    return [
      ...(await unansweredOrWrong(witnesses, reader)),
      ...checkHistory(withJobs(recorder, (await reader.ask('sim:jobs')) as readonly JobRow[], await reader.list('ticked'))).map(
        ({ type, through, detail }) => `${type} by ${through}: ${detail}`,
      ),
      ...(await wrongJobs(witnesses.world, reader)),
      ...(await wrongBalances(witnesses.plans, reader)),
    ];
  },
};

/** Asks an engine of its own, which has seen nothing before. */
class Reader {
  readonly #engine: ReactiveEngine;
  readonly #deployment: string;
  #count = 0;

  private constructor(engine: ReactiveEngine, deployment: string) {
    this.#engine = engine;
    this.#deployment = deployment;
  }

  static async open(world: World): Promise<Reader> {
    const { active } = world.project.code;
    const engine = new ReactiveEngine({
      app: simApp(world.project.code.bundle(active?.id ?? '') ?? ''),
      store: new EmbeddedStore(world.disks.engine),
      isDevelopment: false,
      host: {
        now: world.time.now,
        randomBytes: (length) => new Uint8Array(length),
        print: () => {},
        setTimeout: () => 0,
        clearTimeout: () => {},
      },
    });
    const { deployment } = await engine.status();
    return new Reader(engine, deployment ?? '');
  }

  /** What a query says now: `value` and its JSON text, or `error` and its code. */
  async tell(path: string, args: string, journal: string | null): Promise<string> {
    this.#count += 1;
    const call = { path, args, identity: null, reach: 'any', requestId: `reader ${this.#count}` } as const;
    const operation = { do: 'query', query: this.#count, call, pinned: false, ...(journal === null ? {} : { journal }) } as const;
    const turn = await this.#engine.turn({ boot: this.#engine.boot, deployment: this.#deployment, operations: [operation] });
    const [result] = turn.state === 'done' ? turn.results : [];
    if (result?.do !== 'query') throw new Error(`The reader was answered ${turn.state}.`);
    const { outcome } = result.answer;
    return outcome.ok ? `value ${outcome.value}` : `error ${outcome.error.code}`;
  }

  async ask(path: string, args: { readonly [name: string]: Value } = {}): Promise<unknown> {
    const told = await this.tell(path, encodeToJson(args), null);
    if (!told.startsWith('value ')) throw new Error(`${path}: ${told}`);
    return decodeFromJson(told.slice('value '.length));
  }

  async list(list: string): Promise<readonly string[]> {
    return (await this.ask('sim:list', { list })) as readonly string[];
  }
}

/** Every watcher has the answer that running its query again gives. */
async function unansweredOrWrong({ clients, http }: Witnesses, reader: Reader): Promise<readonly string[]> {
  const wrong: string[] = [];
  if (!http.isIdle) wrong.push('A call with an Idempotency-Key was never answered.');
  for (const { name, isIdle, watches } of clients) {
    if (!isIdle) wrong.push(`${name} waits for answers.`);
    for (const { path, args, told, journal } of watches.values()) {
      const right = await reader.tell(path, JSON.stringify(args), journal);
      if (told !== right) wrong.push(`${name} watches ${path} ${JSON.stringify(args)} and has ${told}; it is ${right}.`);
    }
  }
  return wrong;
}

/** Jobs wrote marks too: each is an operation that nobody called, and whose outcome its state tells. */
function withJobs(recorder: HistoryRecorder, jobs: readonly JobRow[], ticked: readonly string[]) {
  const background = { invoked: null, returned: null, after: [] } as const;
  const forgotten = new Set(jobs.map(({ mark }) => mark));
  const scheduled = recorder.history.flatMap(({ steps }) => steps.filter((step) => step.do === 'append' && step.list === 'scheduled'));
  const acted = new Set(
    recorder.history.flatMap(({ steps }) => steps.flatMap((step) => (step.do === 'read' && step.list === 'worked' ? step.marks : []))),
  );
  return [
    ...recorder.history,
    ...jobs
      .filter(({ name }) => name === 'sim:note')
      .map(({ mark, state }) => ({
        ...background,
        name: `the job of ${mark}`,
        outcome: state === 'success' ? ('done' as const) : ('refused' as const),
        steps: [{ do: 'append', list: 'noted', mark } as const],
      })),
    // What is kept for seven days is forgotten in none of these lives; a job without a row was never scheduled.
    ...scheduled.flatMap((step) =>
      step.do === 'append' && !forgotten.has(step.mark)
        ? [
            {
              ...background,
              name: `no job of ${step.mark}`,
              outcome: 'refused' as const,
              steps: [{ do: 'append', list: 'noted', mark: step.mark } as const],
            },
          ]
        : [],
    ),
    ...[...acted].map((mark) => ({
      ...background,
      name: `an action of ${mark}`,
      outcome: 'unknown' as const,
      steps: [{ do: 'append', list: 'worked', mark } as const],
    })),
    ...ticked.map((mark) => ({
      ...background,
      name: `a run for ${mark}`,
      outcome: 'unknown' as const,
      steps: [{ do: 'append', list: 'ticked', mark } as const],
    })),
  ];
}

/** Mutations ran exactly once, actions at most once, and of each cron job one run is waiting at most. */
async function wrongJobs(world: World, reader: Reader): Promise<readonly string[]> {
  const wrong: string[] = [];
  const jobs = (await reader.ask('sim:jobs')) as readonly JobRow[];
  const noted = await reader.list('noted');
  const late = world.time.now() - 15 * 60_000;
  for (const { name, mark, state, scheduledTime } of jobs) {
    const times = noted.filter((each) => each === mark).length;
    if (name === 'sim:note' && times !== (state === 'success' ? 1 : 0))
      wrong.push(`The job of ${mark} has ended as ${state}, and ran ${times} times.`);
    if ((state === 'pending' || state === 'inProgress') && scheduledTime < late) wrong.push(`${name} of ${mark} is still ${state}.`);
  }
  const scheduled = await reader.list('scheduled');
  for (const mark of scheduled) if (!jobs.some((job) => job.mark === mark)) wrong.push(`${mark} was scheduled, and there is no job.`);
  for (const { mark } of jobs) if (!scheduled.includes(mark)) wrong.push(`There is a job of ${mark}, which was never scheduled.`);
  for (const [job, times] of world.actions.starts) if (times > 1) wrong.push(`The action of job ${job} was started ${times} times.`);
  if (world.actions.overlaps > 0) wrong.push(`Runs of a cron job overlapped ${world.actions.overlaps} times.`);
  const crons = (await reader.ask('sim:cronRuns')) as readonly CronRow[];
  for (const cron of new Set(crons.map((run) => run.cron))) {
    const open = crons.filter((run) => run.cron === cron && (run.state === 'pending' || run.state === 'inProgress'));
    if (open.length > 1) wrong.push(`The cron job ${cron} has ${open.length} runs at once.`);
  }
  return wrong;
}

/** Transfers that left their mark moved their amount, and no others did. */
async function wrongBalances(plans: Plans, reader: Reader): Promise<readonly string[]> {
  const balances = (await reader.ask('sim:balances')) as { readonly [name: string]: number };
  const transfers = (await reader.list('transfers')).flatMap((mark) => {
    const plan = plans.get(mark);
    return plan?.kind === 'transfer' ? [{ ...plan, happened: true }] : [];
  });
  const opening = new Map(accounts.map((name) => [name, openingBalance]));
  const final = new Map(accounts.map((name) => [name, balances[name] ?? openingBalance]));
  return checkBank({ initial: opening, transfers, readings: [], final });
}
