import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

function pace(): { readonly pace: Pace; pass(milliseconds: number): void } {
  let now = 1_000;
  return { pace: new Pace(() => now), pass: (milliseconds) => (now += milliseconds) };
}

test('turns are slow when they take five milliseconds or more, of late', () => {
  const { pace: own, pass } = pace();
  const turn = (milliseconds: number): boolean => {
    const end = own.begin();
    pass(milliseconds);
    end();
    return own.isSlow;
  };

  expect([own.isSlow, turn(2), turn(4), turn(30), turn(1), turn(1), turn(1)]).toEqual([false, false, false, true, true, true, false]);
});

test('the next begins when a third of the time has passed that one takes', () => {
  const { pace: own, pass } = pace();
  const end = own.begin();
  pass(120);
  end();

  own.begin();
  const atOnce = own.pause;
  pass(4);
  const soon = own.pause;
  pass(100);

  expect([atOnce, soon, own.pause]).toEqual([10, 6, 0]);
});
