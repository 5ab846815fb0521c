import { expect, test } from 'vitest';
import { type RemoteSql, RemoteSqlError } from './remote-sql.ts';
import { answerBatch, DoorSql, type SqlDoor } from './sql-door.ts';

const one = { sql: 'SELECT 1 AS one', params: [] };
const result = { columns: ['one'], rows: [[1]], rowsWritten: 0 };

/** A database behind a door through which only data passes. */
function behindDoor(batch: RemoteSql['batch']): { readonly sql: RemoteSql; readonly passed: unknown[] } {
  const passed: unknown[] = [];
  const door: SqlDoor = {
    batch: async (statements, mode) => {
      const answer = structuredClone(await answerBatch({ dialect: 'sqlite', batch }, structuredClone(statements), mode));
      passed.push(answer);
      return answer;
    },
  };
  return { sql: new DoorSql(door, 'sqlite'), passed };
}

test('results come through the door as they are, bytes included', async () => {
  const bytes = Uint8Array.of(1, 2, 3).buffer;
  const { sql } = behindDoor(async () => [result, { columns: ['bytes'], rows: [[bytes]], rowsWritten: 0 }]);

  expect(await sql.batch([one, one], 'read')).toEqual([result, { columns: ['bytes'], rows: [[bytes]], rowsWritten: 0 }]);
});

test('what the database says is thrown on the other side with its kind, and without its cause', async () => {
  const failure = { kind: 'constraint', which: 'unique', names: ['users.email'] } as const;
  const { sql, passed } = behindDoor(async () => {
    throw new RemoteSqlError(failure, 'taken', new Error('the driver’s own, with a token'));
  });

  const thrown = await sql.batch([one], 'write').catch((error: unknown) => error);

  expect(thrown).toBeInstanceOf(RemoteSqlError);
  expect(thrown).toMatchObject({ failure, message: 'taken' });
  expect(passed).toEqual([{ ok: false, failure, message: 'taken' }]);
});

test.each([
  ['read', 'unreachable'],
  ['write', 'unknown'],
] as const)('when the door breaks under a %s, the outcome is %s', async (mode, kind) => {
  const { sql } = behindDoor(async () => {
    throw new TypeError('a bug');
  });

  await expect(sql.batch([one], mode)).rejects.toMatchObject({ failure: { kind } });
});

test('an empty batch does not reach the door', async () => {
  const { sql, passed } = behindDoor(async () => []);

  expect(await sql.batch([], 'write')).toEqual([]);
  expect(passed).toEqual([]);
});
