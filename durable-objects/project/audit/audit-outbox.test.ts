import { expect, onTestFinished, test, vi } from 'vitest';
import { nodeDisk } from '../test/node-disk.ts';
import type { AuditEntry, AuditNote } from './audit-entry.ts';
import { AuditOutbox } from './audit-outbox.ts';

const note = (id: string): AuditNote => ({
  id,
  at: 1,
  actor: 'root',
  actorName: 'root',
  address: null,
  action: 'function.deploy',
  resourceType: 'project',
  resourceId: 'p',
  project: 'p',
  before: null,
  after: null,
});

function bench() {
  const state = { log: new Map<string, AuditEntry>(), isLogDown: false, sent: 0, guards: [] as number[] };
  const disk = nodeDisk();
  const begin = () =>
    new AuditOutbox({
      disk,
      now: () => 1_000,
      send: async (entries) => {
        if (state.isLogDown) throw new Error('down');
        state.sent += entries.length;
        for (const entry of entries) state.log.set(entry.id, state.log.get(entry.id) ?? entry);
      },
      guard: async (at) => void state.guards.push(at),
      sync: async () => {},
    });
  return { state, begin };
}

function quiet(): void {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
}

test('a change is told with how it ended, once, and nothing is kept', async () => {
  const { state, begin } = bench();
  const outbox = begin();

  await outbox.around(
    note('a'),
    async () => ({ ok: true, deployment: 'd1' }) as const,
    ({ deployment }) => ({ deployment }),
  );
  await outbox.around(note('b'), async () => ({ ok: false, error: { code: 'schema/invalid' } }) as const);

  expect([...state.log.values()]).toMatchObject([
    { id: 'a', outcome: 'done', after: { deployment: 'd1' } },
    { id: 'b', outcome: 'schema/invalid' },
  ]);
  expect(await outbox.ring()).toBeNull();
  expect(state.sent).toBe(2);
});

test('a change that throws is told as unknown, and throws', async () => {
  const { state, begin } = bench();
  await expect(
    begin().around(note('a'), async () => {
      throw new Error('bug');
    }),
  ).rejects.toThrow('bug');
  expect(state.log.get('a')).toMatchObject({ outcome: 'unknown' });
});

test('while the log is down entries wait for the alarm, also through the end of the process', async () => {
  quiet();
  const { state, begin } = bench();
  state.isLogDown = true;
  expect(await begin().around(note('a'), async () => ({ ok: true }) as const)).toEqual({ ok: true });
  expect(state.guards).toEqual([31_000]);

  const later = begin();
  expect(await later.ring()).toBe(31_000);
  state.isLogDown = false;
  expect(await later.ring()).toBeNull();
  expect(state.log.get('a')).toMatchObject({ outcome: 'done' });
});

test('a change whose end nobody saw is told as unknown; one under way is not told yet', async () => {
  const { state, begin } = bench();
  const first = begin();
  void first.around(note('cut'), () => new Promise<{ readonly ok: true }>(() => {}));
  await vi.waitFor(() => expect(state.guards).toHaveLength(1));
  expect(await first.ring()).toBe(31_000);
  expect(state.log.size).toBe(0);

  expect(await begin().ring()).toBeNull();
  expect(state.log.get('cut')).toMatchObject({ outcome: 'unknown' });
});

test('without a note nothing is written', async () => {
  const { state, begin } = bench();
  const outbox = begin();
  expect(await outbox.around(undefined, async () => ({ ok: true }) as const)).toEqual({ ok: true });
  expect(await outbox.ring()).toBeNull();
  expect([state.sent, state.guards]).toEqual([0, []]);
});
