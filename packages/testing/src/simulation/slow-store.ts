import type { Seeded } from '../random/seeded.ts';

/** The same store, whose every answer takes some time: mostly a few turns of the event loop, now and then a few milliseconds. */
export function slowStore<Store extends object>(store: Store, random: Seeded): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        await later(random);
        const result: unknown = await Reflect.apply(member, target, args);
        await later(random);
        return result;
      };
    },
  });
}

function later(random: Seeded): Promise<void> {
  return new Promise((resolve) => {
    if (random.chance(0.02)) setTimeout(resolve, 1 + random.below(3));
    else if (random.chance(0.5)) setImmediate(resolve);
    else resolve();
  });
}
