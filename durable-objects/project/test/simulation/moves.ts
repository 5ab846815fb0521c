/** What can happen in the simulation, as data: a life can be had again, and made shorter. */
import type { Seeded } from '@betterbase/testing';
import { accounts, type Edition } from './sim-app.ts';

/** One mutation, whoever sends it. Its mark is chosen when it is sent. */
export type Plan =
  | { readonly kind: 'append' | 'refuse' | 'nested' | 'stall'; readonly lists: readonly string[] }
  | { readonly kind: 'transfer'; readonly from: string; readonly to: string; readonly amount: number }
  | { readonly kind: 'schedule'; readonly ms: number; readonly job: 'sim:note' | 'sim:work' }
  | { readonly kind: 'cancel' };

export type WatchKind = 'list' | 'dated' | 'newest' | 'page' | 'balances' | 'odd' | 'edition';

export type HazardKind =
  /** The process ends: sockets break, memory is lost, what is on disk stays. */
  | 'kill'
  /** The engine ends, and its call fails. */
  | 'abort'
  /** The call gets no answer. */
  | 'stick';

export type Move =
  | { readonly do: 'watch'; readonly client: number; readonly kind: WatchKind; readonly list: string }
  | { readonly do: 'unwatch' | 'listen' | 'hang up' | 'act'; readonly client: number }
  | { readonly do: 'mutate'; readonly client: number; readonly plan: Plan; readonly times: number }
  | { readonly do: 'ask'; readonly lists: readonly string[] }
  /** Over HTTP; with a key it is sent again until it is answered. */
  | { readonly do: 'post'; readonly plan: Plan; readonly hasKey: boolean }
  /** Those with a key that are not answered, and one that is. */
  | { readonly do: 'post again' }
  | { readonly do: 'deploy'; readonly edition: Edition }
  | { readonly do: 'finish an action' | 'lose an action' }
  | { readonly do: 'settle' }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'sleep'; readonly engine: 'ends' | 'stays' }
  | { readonly do: 'kill' }
  /** At the given step from now. */
  | { readonly do: 'hazard'; readonly kind: HazardKind; readonly after: number }
  | { readonly do: 'limit turns'; readonly most: number };

export const clientCount = 3;
const length = 90;
const hour = 3_600_000;

/** A life, from a seed alone: no move depends on what the ones before it did. */
export function randomMoves(random: Seeded): readonly Move[] {
  // Lives differ in what goes wrong in them, so that rare things also come together.
  const trouble = {
    kill: random.chance(0.5),
    abort: random.chance(0.5),
    stick: random.chance(0.3),
    deploy: random.chance(0.5),
    jump: random.chance(0.2),
  };
  const troubles = (['kill', 'abort', 'stick'] as const).filter((kind) => trouble[kind]);
  return Array.from({ length }, (_, at): Move => {
    const client = random.below(clientCount);
    const roll = random.below(100);
    if (roll < 10)
      return {
        do: 'watch',
        client,
        kind: random.pick(['list', 'dated', 'dated', 'newest', 'page', 'balances', 'odd', 'edition']),
        list: anyList(random),
      };
    if (roll < 13) return { do: 'unwatch', client };
    if (roll < 33) return { do: 'mutate', client, plan: randomPlan(random), times: random.chance(0.03) ? 40 : 1 + random.below(3) };
    if (roll < 36) return { do: 'hang up', client };
    if (roll < 38) return { do: 'act', client };
    if (roll < 48) return { do: 'listen', client };
    if (roll < 53) return { do: 'ask', lists: someLists(random) };
    if (roll < 61) return { do: 'post', plan: randomPlan(random), hasKey: random.chance(0.7) };
    if (roll < 63) return { do: 'post again' };
    if (roll < 66) return trouble.deploy ? { do: 'deploy', edition: randomEdition(random, at) } : { do: 'settle' };
    if (roll < 69) return { do: random.chance(0.8) ? 'finish an action' : 'lose an action' };
    if (roll < 76) return { do: 'settle' };
    if (roll < 82) return { do: 'pass', ms: random.pick([0, 700, 2_000, 9_000, 33_000, 65_000, 480_000]) };
    if (roll < 84) return trouble.jump ? { do: 'jump', ms: random.pick([-4_000, 5_000, 2 * hour, 25 * hour]) } : { do: 'settle' };
    if (roll < 88) return { do: 'sleep', engine: random.chance(0.7) ? 'ends' : 'stays' };
    if (roll < 90) return trouble.kill ? { do: 'kill' } : { do: 'settle' };
    if (roll < 98) {
      const [first, ...rest] = troubles;
      return first === undefined ? { do: 'settle' } : { do: 'hazard', kind: random.pick([first, ...rest]), after: random.below(20) };
    }
    return { do: 'limit turns', most: random.chance(0.5) ? 1 + random.below(5) : Number.MAX_SAFE_INTEGER };
  });
}

function anyList(random: Seeded): string {
  return random.pick(['a', 'b', 'c', 'a', 'scheduled', 'noted', 'worked', 'ticked', 'transfers']);
}

function someLists(random: Seeded): readonly string[] {
  return random.shuffled(['a', 'b', 'c']).slice(random.below(3));
}

function randomPlan(random: Seeded): Plan {
  const roll = random.below(20);
  if (roll < 9) return { kind: 'append', lists: someLists(random) };
  if (roll < 11) return { kind: 'refuse', lists: someLists(random) };
  if (roll < 13) return { kind: 'nested', lists: someLists(random) };
  if (roll < 14) return { kind: 'stall', lists: someLists(random) };
  if (roll < 16) {
    const [from = 'ann', to = 'ben'] = random.shuffled(accounts);
    return { kind: 'transfer', from, to, amount: 1 + random.below(20) };
  }
  if (roll < 19)
    return {
      kind: 'schedule',
      ms: random.pick([0, 0, 1_000, 25_000, 60_000, 600_000]),
      job: random.pick(['sim:note', 'sim:note', 'sim:work']),
    };
  return { kind: 'cancel' };
}

function randomEdition(random: Seeded, number: number): Edition {
  return { is: random.pick(['good', 'good', 'good', 'does not load', 'breaks documents']), number };
}
