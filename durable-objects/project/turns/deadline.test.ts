import { expect, test } from 'vitest';
import { FakeTimer } from '../test/fake-timer.ts';
import { Deadline, Overrun } from './deadline.ts';

const never = (): Promise<never> => new Promise(() => {});

function deadline() {
  const timer = new FakeTimer();
  return { timer, deadline: new Deadline({ milliseconds: 30_000, timer, now: timer.now }) };
}

test('work in time gives what it gives', async () => {
  const { deadline: guard } = deadline();

  expect(await guard.guard(Promise.resolve(5))).toBe(5);
  await expect(guard.guard(Promise.reject(new Error('own')))).rejects.toThrow('own');
});

test('late work is an overrun, soon after its time', async () => {
  const { timer, deadline: guard } = deadline();
  await guard.guard(Promise.resolve());
  await timer.pass(3_000);
  let late: unknown = null;
  guard.guard(never()).catch((error: unknown) => {
    late = error;
  });

  await timer.pass(29_000);
  expect(late).toBeNull();
  await timer.pass(6_000);
  expect(late).toBeInstanceOf(Overrun);
});

test('a thousand calls need one timer, which ends soon after them', async () => {
  const { timer, deadline: guard } = deadline();
  for (let n = 0; n < 1_000; n++) await guard.guard(Promise.resolve(n));

  expect(timer.pending).toBe(1);
  await timer.pass(5_000);
  expect(timer.pending).toBe(0);
});
