import { BetterBaseError } from '@betterbase/core';
import type { AnswerChange } from '@betterbase/protocol';
import { expect, test } from 'vitest';
import { Answers } from './answers.ts';

const keyOf = (id: number): string | undefined => ({ 1: 'one', 2: 'two' })[id];

function transition(from: number, to: number, ...changes: readonly AnswerChange[]) {
  return { type: 'transition', from, to, changes, finished: [] } as const;
}

/** Which queries show something else after this. */
function take(answers: Answers, change: ReturnType<typeof transition>): readonly string[] {
  answers.apply(change, keyOf);
  return answers.isCatchingUp ? [] : answers.show();
}

test('a query that has no answer is loading', () => {
  expect(new Answers().state('one')).toEqual({ status: 'loading', data: undefined, error: null });
});

test('an answer is decoded, and its query has changed', () => {
  const answers = new Answers();

  expect(take(answers, transition(0, 3, { id: 1, value: { $integer: 'KgAAAAAAAAA=' }, hash: 'a' }))).toEqual(['one']);
  expect(answers.state('one')).toEqual({ status: 'success', data: 42n, error: null });
});

test('a transition that starts elsewhere is refused and changes nothing', () => {
  const answers = new Answers();
  take(answers, transition(0, 3, { id: 1, value: 'old', hash: 'a' }));

  expect(() => answers.apply(transition(4, 5, { id: 1, value: 'new', hash: 'b' }), keyOf)).toThrow(
    'starts at version 4, but this client is at 3',
  );
  expect(answers.state('one').data).toBe('old');
  expect(answers.version).toBe(3);
});

test('an answer with the same hash is the same object', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: ['a'], hash: 'h' }));
  const before = answers.state('one');

  expect(take(answers, transition(1, 2, { id: 1, value: ['a'], hash: 'h' }))).toEqual([]);
  expect(answers.state('one')).toBe(before);
});

test('an error keeps the data that was there', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: 'good', hash: 'a' }));
  take(answers, transition(1, 2, { id: 1, error: { code: 'function/threw', message: 'It broke.' }, hash: 'b' }));

  expect(answers.state('one')).toMatchObject({ status: 'error', data: 'good', error: { code: 'function/threw' } });
});

test('answers to forgotten wishes are ignored', () => {
  const answers = new Answers();

  expect(take(answers, transition(0, 1, { id: 9, value: 'late', hash: 'a' }))).toEqual([]);
});

test('after a restart old answers stay until all of them have been answered anew', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: 'one at 1', hash: 'a' }, { id: 2, value: 'two at 1', hash: 'b' }));
  answers.restart();

  expect(take(answers, transition(0, 5, { id: 1, value: 'one at 5', hash: 'c' }))).toEqual([]);
  expect(answers.state('one').data).toBe('one at 1');
  expect(answers.isCatchingUp).toBe(true);

  expect(take(answers, transition(5, 6, { id: 2, same: true }))).toEqual(['one']);
  expect(answers.state('one').data).toBe('one at 5');
  expect(answers.state('two').data).toBe('two at 1');
});

test('while catching up, a second connection lost forgets what only the first had told', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: 'one at 1', hash: 'a' }, { id: 2, value: 'two at 1', hash: 'b' }));
  answers.restart();
  take(answers, transition(0, 5, { id: 1, value: 'one at 5', hash: 'c' }));
  answers.restart();

  expect(answers.held('one')).toMatchObject({ hash: 'a' });
  expect(take(answers, transition(0, 7, { id: 1, same: true }, { id: 2, same: true }))).toEqual([]);
  expect(answers.state('one').data).toBe('one at 1');
});

test('an answer that changes and changes back while catching up has not changed', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: 'a', hash: 'a' }, { id: 2, value: 'b', hash: 'b' }));
  const before = answers.state('one');
  answers.restart();
  take(answers, transition(0, 2, { id: 1, value: 'other', hash: 'x' }));

  expect(take(answers, transition(2, 3, { id: 1, value: 'a', hash: 'a' }, { id: 2, same: true }))).toEqual([]);
  expect(answers.state('one')).toBe(before);
});

test('nobody waits for an answer that nobody wants', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: 'one at 1', hash: 'a' }, { id: 2, value: 'two at 1', hash: 'b' }));
  answers.restart();
  take(answers, transition(0, 5, { id: 1, value: 'one at 5', hash: 'c' }));

  answers.forget('two');

  expect(answers.isCatchingUp).toBe(false);
  expect(answers.show()).toEqual(['one']);
  expect(answers.state('one').data).toBe('one at 5');
});

test('the highest version ever seen survives a restart', () => {
  const answers = new Answers();
  take(answers, transition(0, 12));
  answers.restart();

  expect(answers.version).toBe(0);
  expect(answers.newest).toBe(12);
});

test('a failure of everything keeps data and names the error', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: 'good', hash: 'a' }));
  answers.fail(['one', 'two'], new BetterBaseError('project/not-found', 'No such project.'));

  expect(answers.state('one')).toMatchObject({ status: 'error', data: 'good', error: { code: 'project/not-found' } });
  expect(answers.state('two')).toMatchObject({ status: 'error', data: undefined });
});

test('the newest answer says where its pages end, and an error in its place lets them stay', () => {
  const answers = new Answers();
  take(answers, transition(0, 1, { id: 1, value: [], hash: 'a', journal: 'x' }, { id: 2, value: [], hash: 'b' }));
  expect([answers.held('one').journal, answers.held('two').journal]).toEqual(['x', undefined]);

  take(answers, transition(1, 2, { id: 1, error: { code: 'function/threw', message: 'It broke.' }, hash: 'c' }));
  expect(answers.held('one')).toMatchObject({ hash: 'c', journal: 'x' });

  take(answers, transition(2, 3, { id: 1, value: [], hash: 'd', journal: 'y' }));
  expect(answers.held('one').journal).toBe('y');
});
