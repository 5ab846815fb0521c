import { describe, expect, test } from 'vitest';
import { forEachSeed, type Seeded } from '../random/seeded.ts';
import { checkHistory } from './check-history.ts';
import type { History, Operation, Step } from './history.ts';

const append = (list: string, mark: string): Step => ({ do: 'append', list, mark });
const read = (list: string, ...marks: string[]): Step => ({ do: 'read', list, marks });
const operation = (name: string, steps: readonly Step[], known: Partial<Operation> = {}): Operation => ({
  name,
  invoked: null,
  returned: null,
  outcome: 'done',
  after: [],
  steps,
  ...known,
});
const found = (history: History): string[] => checkHistory(history).map(({ type, through }) => `${type} by ${through}`);

describe('nothing is found in', () => {
  test('an empty history', () => {
    expect(checkHistory([])).toEqual([]);
  });

  test('transactions that ran one after the other', () => {
    const history = [
      operation('a', [append('x', '1'), append('y', '1')]),
      operation('b', [read('x', '1'), append('x', '2'), read('x', '1', '2')]),
      operation('c', [read('x', '1', '2'), read('y', '1')]),
    ];

    expect(found(history)).toEqual([]);
  });

  test('an append that was refused and is nowhere, and one of unknown outcome that is there', () => {
    const history = [
      operation('a', [append('x', '1')], { outcome: 'refused' }),
      operation('b', [append('x', '2')], { outcome: 'unknown', invoked: 1 }),
      operation('c', [append('x', '3')], { outcome: 'unknown', invoked: 1 }),
      operation('d', [read('x', '3')], { invoked: 2, returned: 3 }),
    ];

    expect(found(history)).toEqual([]);
  });

  test('a read that overlaps an append in time and does not see it', () => {
    const history = [
      operation('a', [append('x', '1')], { invoked: 1, returned: 4 }),
      operation('b', [read('x')], { invoked: 2, returned: 3 }),
      operation('c', [read('x', '1')], { invoked: 5, returned: 6 }),
    ];

    expect(found(history)).toEqual([]);
  });
});

describe('found is', () => {
  test.each<[string, History]>([
    ['duplicate by data', [operation('a', [append('x', '1')]), operation('b', [read('x', '1', '1')])]],
    ['invented by data', [operation('a', [read('x', '1')])]],
    [
      'split by data',
      [
        operation('a', [append('x', '1')]),
        operation('b', [append('x', '2')]),
        operation('c', [read('x', '1', '2')]),
        operation('d', [read('x', '2')]),
      ],
    ],
    ['internal by data', [operation('a', [append('x', '1'), read('x')])]],
    ['G1a by data', [operation('a', [append('x', '1')], { outcome: 'refused' }), operation('b', [read('x', '1')])]],
    [
      'G1b by data',
      [operation('a', [append('x', '1'), append('x', '2')]), operation('b', [read('x', '1')]), operation('c', [read('x', '1', '2')])],
    ],
    [
      'lost append by data',
      [operation('a', [append('x', '1')], { invoked: 1, returned: 2 }), operation('b', [read('x')], { invoked: 3, returned: 4 })],
    ],
    [
      'G0 by data',
      [
        operation('a', [append('x', '1'), append('y', '1')]),
        operation('b', [append('x', '2'), append('y', '2')]),
        operation('c', [read('x', '1', '2')]),
        operation('d', [read('y', '2', '1')]),
      ],
    ],
    ['G1c by data', [operation('a', [append('x', '1'), read('y', '2')]), operation('b', [append('y', '2'), read('x', '1')])]],
    [
      'G-single by data',
      [operation('a', [append('x', '1'), append('y', '1')]), operation('b', [read('x', '1'), read('y')]), operation('c', [read('y', '1')])],
    ],
    [
      'G2 by data',
      [
        operation('a', [read('x'), append('y', '1')]),
        operation('b', [read('y'), append('x', '1')]),
        operation('c', [read('x', '1'), read('y', '1')]),
      ],
    ],
    [
      'lost update by data',
      [operation('a', [read('x'), append('x', '1')]), operation('b', [read('x'), append('x', '2')]), operation('c', [read('x', '1', '2')])],
    ],
    [
      'G-single by time',
      [
        operation('a', [append('x', '1')], { invoked: 1, returned: 2 }),
        operation('b', [read('x')], { invoked: 3, returned: 4 }),
        operation('c', [read('x', '1')], { invoked: 5, returned: 6 }),
      ],
    ],
    [
      'G-single by caller',
      [operation('a', [append('x', '1')]), operation('b', [read('x')], { after: [0] }), operation('c', [read('x', '1')])],
    ],
    [
      'G0 by caller',
      [operation('a', [append('x', '1')]), operation('b', [append('x', '2')], { after: [0] }), operation('c', [read('x', '2', '1')])],
    ],
  ])('%s', (type, history) => {
    expect(found(history)).toContain(type);
  });

  test('the order of one caller, across a call that was refused', () => {
    const history = [
      operation('a', [append('x', '1')]),
      operation('b', [append('x', '2')], { outcome: 'refused', after: [0] }),
      operation('c', [append('x', '3')], { after: [1] }),
      operation('d', [read('x', '3', '1')]),
    ];

    expect(found(history)).toEqual(['G0 by caller']);
  });

  test('half of a transaction of unknown outcome', () => {
    const history = [
      operation('a', [append('x', '1'), append('y', '1')], { outcome: 'unknown', invoked: 1 }),
      operation('b', [read('x', '1'), read('y')], { invoked: 2, returned: 3 }),
    ];

    expect(found(history)).toEqual(['G-single by data']);
  });
});

test('what is found is told with names', () => {
  const history = [
    operation('Ann', [read('x'), append('x', '1')]),
    operation('Ben', [read('x'), append('x', '2')]),
    operation('Cem', [read('x', '1', '2')]),
  ];

  expect(checkHistory(history)[0]?.detail).toBe('Ben read x without what Ann appended; Ann appended to x before Ben');
});

/** Transactions on lists, run one at a time; `isTorn`: one of them on a state that another has changed since. */
function randomHistory(random: Seeded, isTorn: boolean): History {
  const lists = new Map<string, string[]>();
  const history: Operation[] = [];
  const state = (): Map<string, string[]> => new Map([...lists].map(([list, marks]) => [list, [...marks]]));
  const steps = (seen: Map<string, string[]>, name: string): Step[] =>
    Array.from({ length: 1 + random.below(4) }, (_, at): Step => {
      const list = random.pick(['x', 'y', 'z']);
      if (random.chance(0.5)) return read(list, ...(seen.get(list) ?? []));
      const mark = `${name}.${at}`;
      seen.set(list, [...(seen.get(list) ?? []), mark]);
      return append(list, mark);
    });
  const apply = (done: readonly Step[]): void => {
    for (const step of done) if (step.do === 'append') lists.set(step.list, [...(lists.get(step.list) ?? []), step.mark]);
  };
  for (let time = 0; time < 400; time += 10) {
    const done = steps(state(), `t${time}`);
    apply(done);
    history.push(operation(`t${time}`, done, { invoked: time - random.below(15), returned: time + 1 + random.below(15) }));
  }
  if (isTorn) {
    const old = state();
    const tear = (name: string): Step[] => [read('x', ...(old.get('x') ?? [])), append('x', name)];
    for (const name of ['one', 'other']) {
      apply(tear(name));
      history.push(operation(name, tear(name), { invoked: 500, returned: 600 }));
    }
  }
  const all = ['x', 'y', 'z'].map((list) => read(list, ...(lists.get(list) ?? [])));
  return [...history, operation('end', all, { invoked: 700, returned: 800 })];
}

test('of random histories exactly those are refused in which two transactions overlapped', async () => {
  await forEachSeed(200, (random) => {
    expect(found(randomHistory(random, false))).toEqual([]);
    expect(found(randomHistory(random, true))).toEqual(['lost update by data']);
  });
});

test('a history of thousands is checked in a moment', () => {
  const marks = Array.from({ length: 3_000 }, (_, at) => String(at));
  const history = marks.flatMap((mark, at) => [
    operation(`w${at}`, [append(`l${at % 30}`, mark)], { invoked: at * 4, returned: at * 4 + 7 }),
    operation(`r${at}`, [read(`l${at % 30}`, ...marks.filter((_, of) => of <= at && of % 30 === at % 30))], {
      invoked: at * 4 + 8,
      returned: at * 4 + 9,
    }),
  ]);
  const start = performance.now();

  expect(checkHistory(history)).toEqual([]);
  expect(performance.now() - start).toBeLessThan(5_000);
});
