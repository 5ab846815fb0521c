/** One life of a project: its moves, one after the other, and then a look at what is left. */
import { appManifest } from '@betterbase/engine';
import { Seeded } from '@betterbase/testing';
import { HistoryRecorder } from '@betterbase/testing/history';
import { HttpCallers } from './http-callers.ts';
import { findViolations, type Witnesses } from './invariants.ts';
import { clientCount, type Move, randomMoves } from './moves.ts';
import type { Plant } from './planted-faults.ts';
import { editionText, lists, simApp } from './sim-app.ts';
import type { Plans } from './outcomes.ts';
import { SimClient } from './sim-client.ts';
import { World, type WorldParts } from './world.ts';

export type Platform = Pick<WorldParts, 'disks' | 'macrotask'>;

export interface LifeReport {
  /** What is wrong, in sentences; empty: nothing is. */
  readonly violations: readonly string[];
  /** A fingerprint of all that was seen: equal for equal lives. */
  readonly trace: string;
  readonly operations: number;
  readonly steps: number;
  readonly struck: World['hazards']['struck'];
}

const minute = 60_000;

export async function live(
  seed: number,
  platform: Platform,
  options: { readonly moves?: readonly Move[]; readonly plant?: Plant } = {},
): Promise<LifeReport> {
  const moves = options.moves ?? randomMoves(new Seeded(seed));
  // What is loaded on first use comes from disk, which takes time that does not pass in a life.
  await appManifest(simApp(editionText({ is: 'good', number: 0 })));
  // The world's chance is its own: leaving a move out changes nothing for the others.
  const world = new World({
    ...platform,
    random: new Seeded(seed ^ 0x5eed),
    ...(options.plant === undefined ? {} : { plant: options.plant }),
  });
  const recorder = new HistoryRecorder();
  const plans: Plans = new Map();
  const known = { world, recorder, plans };
  const clients = Array.from({ length: clientCount }, (_, at) => new SimClient({ ...known, name: `client${at}`, sendsAllAgain: at === 0 }));
  const witnesses: Witnesses = { ...known, clients, http: new HttpCallers(known) };
  const violations: string[] = [];
  const start = (call: Promise<unknown>): void => {
    call.catch((failure: unknown) => violations.push(describe(failure)));
  };
  try {
    if ((await world.deploy(editionText({ is: 'good', number: seed % 2 }))) !== true) throw new Error('The first edition was refused.');
    await world.call({ kind: 'mutation', path: 'sim:open', args: '{}', reach: 'public', idempotencyKey: null });
    for (const move of moves) {
      await perform(move, witnesses, start);
      if (violations.length > 0) break;
    }
    if (violations.length === 0) violations.push(...(await comeToRest(witnesses, seed, start)));
  } catch (failure) {
    violations.push(describe(failure));
  }
  const { steps, struck } = world.hazards;
  return { violations, trace: fingerprint(JSON.stringify(recorder.history)), operations: recorder.history.length, steps, struck };
}

async function perform(move: Move, { world, clients, http }: Witnesses, start: (call: Promise<unknown>) => void): Promise<void> {
  const client = 'client' in move ? clients[move.client] : undefined;
  switch (move.do) {
    case 'watch':
      return client?.watch(move.kind, move.list);
    case 'unwatch':
      return client?.unwatch();
    case 'mutate':
      for (let time = 0; time < move.times; time++) client?.mutate(move.plan);
      return;
    case 'act':
      return client?.act();
    case 'listen':
      return client?.listen();
    case 'hang up':
      return client?.hangUp();
    case 'ask':
      return start(http.ask(move.lists));
    case 'post':
      return start(http.post(move.plan, move.hasKey));
    case 'post again':
      return start(http.postAgain());
    case 'deploy':
      return start(world.deploy(editionText(move.edition)));
    case 'finish an action':
      return start(world.finishAction());
    case 'lose an action':
      world.actions.take();
      return;
    case 'settle':
      return await world.settle();
    case 'pass':
      await world.settle();
      return await world.time.pass(move.ms);
    case 'jump':
      await world.settle();
      world.time.jump(move.ms);
      if (move.ms < 24 * 60 * minute) return;
      for (const each of clients) each.mayHaveExpired = true;
      return http.expire();
    case 'sleep':
      await world.settle();
      for (let tries = 0; tries < 60; tries++) {
        await world.time.pass(1_001);
        if (world.isAtRest) return world.sleep(move.engine);
      }
      return;
    case 'kill':
      return world.kill();
    case 'hazard':
      return world.hazards.arm(move.kind, move.after);
    case 'limit turns':
      world.mostOperations = move.most;
      return;
    default:
      move satisfies never;
  }
}

/** Nothing goes wrong any more; in every second life nobody calls for a while, either. */
async function comeToRest(witnesses: Witnesses, seed: number, start: (call: Promise<unknown>) => void): Promise<readonly string[]> {
  const { world, clients, http } = witnesses;
  await world.settle();
  world.hazards.disarm();
  world.mostOperations = Number.MAX_SAFE_INTEGER;
  const violations: string[] = [];
  if (seed % 2 === 0) {
    world.kill();
    await world.time.pass(60 * minute);
    violations.push(...(await findViolations.afterSilence(witnesses)));
  }
  // Longer than what was refused stays refused, an action may run, and a job waits.
  for (const wait of [2_000, 65_000, 2_000, 20 * minute, 2_000, 2_000]) {
    for (const client of clients) client.listen();
    start(http.postAgain());
    start(http.post({ kind: 'append', lists: ['c'] }, true));
    await world.settle();
    while (world.actions.count > 0) start(world.finishAction());
    await world.time.pass(wait);
  }
  for (const client of clients) client.listen();
  start(http.ask(lists));
  await world.settle();
  return [...violations, ...(await findViolations.atRest(witnesses))];
}

function describe(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

/** FNV-1a. */
function fingerprint(text: string): string {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return (hash >>> 0).toString(16);
}
