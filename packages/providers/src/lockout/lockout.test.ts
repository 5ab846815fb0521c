import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { nodeDisk } from '../disk/node-disk.ts';
import { addressGroup } from './address-group.ts';
import { attemptsTable } from './attempt-statements.ts';
import { type Attempt, Lockout, signInRules } from './lockout.ts';

const second = 1_000;

function start(rules = signInRules) {
  const database = new DatabaseSync(':memory:');
  database.exec(attemptsTable);
  const disk = nodeDisk(database);
  const clock = { now: 1_800_000_000_000 };
  const run = async (statements: readonly { sql: string; params: readonly (string | number | null | ArrayBuffer)[] }[]) =>
    statements.map(({ sql, params }) => disk.read(sql, ...params));
  return { clock, disk, lockout: new Lockout({ run, now: () => clock.now, rules }) };
}

const ann: Attempt = { action: 'sign-in', account: 'ann@example.com', address: '203.0.113.1' };
const refused = (seconds: number) => expect.objectContaining({ code: 'auth/too-many-attempts', details: { retryAfter: seconds } });

async function fail(lockout: Lockout, attempt: Attempt, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await lockout.enter(attempt);
}

test('after five failures an account waits, and twice as long after each more', async () => {
  const { lockout, clock } = start();

  await fail(lockout, ann, 5);
  await expect(lockout.enter(ann)).rejects.toEqual(refused(30));
  clock.now += 30 * second;
  await lockout.enter(ann);
  await expect(lockout.enter(ann)).rejects.toEqual(refused(60));
  clock.now += 60 * second;
  await lockout.enter(ann);
  await expect(lockout.enter(ann)).rejects.toEqual(refused(120));
});

test('what is tried while waiting neither counts nor makes the wait longer, and no wait is longer than the longest', async () => {
  const { lockout, clock } = start();
  await fail(lockout, ann, 5);

  for (let time = 0; time < 50; time++) await lockout.enter(ann).catch(() => {});
  clock.now += 29 * second;
  await expect(lockout.enter(ann)).rejects.toEqual(refused(1));
  for (let time = 0; time < 12; time++) {
    clock.now += 15 * 60 * second;
    await lockout.enter(ann);
  }
  await expect(lockout.enter(ann)).rejects.toEqual(refused(15 * 60));
});

test('attempts made at once are counted one by one', async () => {
  const { lockout } = start();

  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockout.enter(ann)));

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
});

test('whoever gets in begins anew, and a day without attempts is enough as well', async () => {
  const { lockout, clock } = start();
  await fail(lockout, ann, 4);
  await lockout.enter(ann);
  await lockout.succeeded(ann);
  await fail(lockout, ann, 5);
  await expect(lockout.enter(ann)).rejects.toEqual(refused(30));

  clock.now += 24 * 60 * 60 * second;

  await fail(lockout, ann, 5);
});

test('an address waits for what it tried on many accounts; its own success takes one failure back, not all', async () => {
  const { lockout } = start();
  for (let account = 0; account < 29; account++) await lockout.enter({ ...ann, account: `user${account}` });

  await lockout.enter(ann);
  await lockout.succeeded(ann);
  await lockout.enter({ ...ann, account: 'other' });
  await expect(lockout.enter({ ...ann, account: 'yet another' })).rejects.toEqual(refused(30));
  await lockout.enter({ ...ann, account: 'yet another', address: '203.0.113.2' });
});

test('an account is the same however it is typed, actions count by themselves, and the table names nobody', async () => {
  const { lockout, disk } = start();
  await fail(lockout, ann, 4);
  await lockout.enter({ ...ann, account: ' Ann@Example.com ' });

  await expect(lockout.enter(ann)).rejects.toEqual(refused(30));
  await lockout.enter({ ...ann, action: 'code' });
  expect(JSON.stringify(disk.read('SELECT * FROM attempts'))).not.toMatch(/ann|example|203/i);
});

test('old rows are swept away', async () => {
  const { lockout, clock, disk } = start();
  await lockout.enter(ann);
  clock.now += 25 * 60 * 60 * second;
  await lockout.enter({ ...ann, account: 'bob', address: null });

  await lockout.dropOld();

  expect(disk.read('SELECT count(*) FROM attempts')).toEqual([[1]]);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
