import { expect, test } from 'vitest';
import { Liveness } from './liveness.ts';

test('a server that is heard from is not asked', () => {
  const liveness = new Liveness(0);
  liveness.heard(20_000);

  expect(liveness.check(25_000)).toEqual({ do: 'wait', again: 20_000 });
});

test('a silent server is asked, and given up when it does not answer', () => {
  const liveness = new Liveness(0);

  expect(liveness.check(25_000)).toEqual({ do: 'ping', again: 10_000 });
  expect(liveness.check(30_000)).toEqual({ do: 'wait', again: 5_000 });
  expect(liveness.check(35_000)).toEqual({ do: 'give-up' });
});

test('any answer will do', () => {
  const liveness = new Liveness(0);
  liveness.check(25_000);
  liveness.heard(34_999);

  expect(liveness.check(35_000)).toEqual({ do: 'wait', again: 24_999 });
});

test('asking again does not give the server more time', () => {
  const liveness = new Liveness(0);
  liveness.ask(1_000);

  expect(liveness.ask(9_000)).toEqual({ do: 'ping', again: 2_000 });
});
