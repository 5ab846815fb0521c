import { expect, test } from 'vitest';
import type { Row } from './targets.ts';
import { judge } from './verdict.ts';

const rate = (target: Row['target']): Row => ({ label: 'work', figure: 'rate', target });

test('a rate is divided by the rate of the baseline', () => {
  const [verdict] = judge([rate({ against: 'bare', atLeast: 2 })], { work: { ours: { rate: 300 }, bare: { rate: 100 } } });

  expect(verdict).toMatchObject({ compared: 3, reached: true });
});

test('a target that is missed is said to be missed', () => {
  const [verdict] = judge([rate({ against: 'bare', atLeast: 2 })], { work: { ours: { rate: 199 }, bare: { rate: 100 } } });

  expect(verdict).toMatchObject({ compared: 1.99, reached: false });
});

test('a figure may be held against another figure of ours', () => {
  const [verdict] = judge([{ label: 'many', figure: 'cpu', target: { against: 'few', atMost: 1.2 } }], {
    many: { ours: { cpu: 3 }, bare: { cpu: 1 } },
    few: { ours: { cpu: 2 }, bare: { cpu: 1 } },
  });

  expect(verdict).toMatchObject({ compared: 1.5, reached: false });
});

test('nothing is judged that was not measured', () => {
  const verdicts = judge(
    [rate({ against: 'bare', atLeast: 2 }), { label: 'other', figure: 'p50', target: { against: 'nothing', atMost: 5 } }],
    {
      work: { ours: { rate: 300 } },
    },
  );

  expect(verdicts).toEqual([{ label: 'work', figure: 'rate', ours: 300, bare: null, compared: null, target: '≥ 2', reached: null }]);
});
