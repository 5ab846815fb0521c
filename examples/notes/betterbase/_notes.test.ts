import { betterbaseTest } from '@betterbase/testing';
import { expect, test } from 'vitest';
import { api } from './_generated/api';
import schema from './schema';

test('everybody sees and changes their own notes, and no others', async () => {
  const t = betterbaseTest(schema, import.meta.glob(['./**/*.ts', '!./**/*.test.ts']));
  const [ada, eve] = [t.withIdentity({ subject: 'ada' }), t.withIdentity({ subject: 'eve' })];
  const id = await ada.mutation(api.mutations.notes.add, { title: 'Engine', text: 'Note G' });

  expect(await ada.query(api.queries.notes.list)).toMatchObject([{ title: 'Engine', text: 'Note G' }]);
  expect(await eve.query(api.queries.notes.list)).toEqual([]);
  await expect(eve.mutation(api.mutations.notes.edit, { id, title: 'Mine', text: '' })).rejects.toMatchObject({
    code: 'document/not-found',
  });
  await expect(eve.mutation(api.mutations.notes.remove, { id })).rejects.toMatchObject({ code: 'document/not-found' });
  expect(await t.query(api.queries.notes.list)).toEqual([]);
  await expect(t.mutation(api.mutations.notes.add, { title: 'Nobody', text: '' })).rejects.toMatchObject({ code: 'policy/denied' });
});

test('a note that says nothing is refused', async () => {
  const t = betterbaseTest(schema, import.meta.glob(['./**/*.ts', '!./**/*.test.ts']));
  const ada = t.withIdentity({ subject: 'ada' });
  await expect(ada.mutation(api.mutations.notes.add, { title: ' ', text: '' })).rejects.toThrow('Write something first.');
});
