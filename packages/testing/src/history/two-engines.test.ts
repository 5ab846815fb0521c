/** Two engines that do not know of each other, on one store: what keeps them apart is that it looks at the version. */
import { decodeFromJson } from '@betterbase/core';
import type { Outcome } from '@betterbase/engine';
import type { EmbeddedStore } from '@betterbase/providers';
import { expect, test } from 'vitest';
import { Seeded, seeds } from '../random/seeded.ts';
import { TestEngine } from '../world/test-engine.ts';
import { testStore } from '../world/test-store.ts';
import { checkHistory } from './check-history.ts';
import { type History, HistoryRecorder, type Step } from './history.ts';
import { listsApp } from './lists-app.ts';

/** Where the last commit of the store's owner is not what a commit was decided on, it is made to look so. */
function blindStore(): EmbeddedStore {
  const store = testStore();
  const commit = store.commit.bind(store);
  let newest = 0;
  store.commit = async (batch) => {
    // Nothing is awaited before the commit: in between, the other engine would be in time to move the version on.
    const basedOn = Math.max(newest, batch.basedOn);
    newest = basedOn + 1;
    try {
      return await commit({ ...batch, basedOn, version: newest });
    } catch (failure) {
      newest = (await store.open()).version;
      throw failure;
    }
  };
  return store;
}

async function live(random: Seeded, store: EmbeddedStore): Promise<History> {
  const start = (): Promise<TestEngine> => TestEngine.start({ app: listsApp, store, isDevelopment: false });
  const engines: [TestEngine, TestEngine] = [await start(), await start()];
  const recorder = new HistoryRecorder();

  const call = async (engine: TestEngine, mark: string, isRead: boolean, names: readonly string[]): Promise<void> => {
    const position = recorder.add({
      name: mark,
      invoked: recorder.tick(),
      returned: null,
      outcome: 'unknown',
      after: [],
      steps: isRead ? [] : names.map((list): Step => ({ do: 'append', list, mark })),
    });
    const run = isRead ? engine.query('lists:read', { names: [...names] }) : engine.mutation('lists:append', { names: [...names], mark });
    const outcome = await run.catch((): null => null);
    if (outcome?.ok !== true) return;
    const steps = names.flatMap((list, at): Step[] => {
      const read: Step = { do: 'read', list, marks: marksOf(outcome)[at] ?? [] };
      return isRead ? [read] : [read, { do: 'append', list, mark }];
    });
    recorder.amend(position, { returned: recorder.tick(), outcome: 'done', steps });
  };

  for (let round = 0; round < 12; round++) {
    await Promise.all(
      engines.map((engine, at) => call(engine, `${round}.${at}`, random.chance(0.2), random.shuffled(['x', 'y', 'z']).slice(1))),
    );
  }
  await call(await start(), 'end', true, ['x', 'y', 'z']);
  return recorder.history;
}

function marksOf(outcome: Outcome): string[][] {
  return outcome.ok ? (decodeFromJson(outcome.value) as string[][]) : [];
}

test('where the store looks at the version, what two engines were told fits one order', async () => {
  for (const seed of seeds(20)) expect(checkHistory(await live(new Seeded(seed), testStore())), `seed ${seed}`).toEqual([]);
});

test('where it does not, the checker says so for every seed', async () => {
  const types = new Set<string>();
  for (const seed of seeds(20)) {
    const found = checkHistory(await live(new Seeded(seed), blindStore()));
    expect(found, `seed ${seed}`).not.toEqual([]);
    for (const { type } of found) types.add(type);
  }
  expect([...types]).toContain('lost append');
});
