import { overLimit, type ProjectLimits } from '@betterbase/core';
import type { ActionHost } from './edge.ts';

/** The host of one action or route, which lets it have so many calls under way and no more. */
export function countingHost(host: ActionHost, { concurrentCalls }: Pick<ProjectLimits, 'concurrentCalls'>): ActionHost {
  let underWay = 0;
  return {
    run: async (kind, path, args) => {
      if (underWay >= concurrentCalls) {
        throw overLimit('concurrentCalls', concurrentCalls, {
          measured: underWay + 1,
          what: `${underWay} calls are under way, and \`${path}\` would be one more`,
          hint: 'Await some calls before you make more.',
        });
      }
      underWay++;
      try {
        return await host.run(kind, path, args);
      } finally {
        underWay--;
      }
    },
  };
}
