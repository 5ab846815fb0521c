import { mutation, v } from '@betterbase/core';
import { guardedRoomOf, roomOf, seatedRoom, textOf, vectorOf } from '../_content.ts';

export const fill = mutation({
  args: { table: v.string(), from: v.number(), count: v.number() },
  returns: v.null(),
  handler: async ({ db }, { table, from, count }) => {
    for (let position = from; position < from + count; position++) {
      switch (table) {
        case 'fewRows':
        case 'someRows':
        case 'manyRows':
          await db.insert(table, { room: roomOf(position), position });
          break;
        case 'guardedRows':
          if (position === 0) await db.insert('seats', { room: seatedRoom, role: 'anon' });
          await db.insert(table, { room: guardedRoomOf(position), position });
          break;
        case 'texts':
          await db.insert(table, { text: textOf(position) });
          break;
        case 'fewVectors':
        case 'manyVectors':
        case 'fewVectorsNear':
        case 'manyVectorsNear':
          await db.insert(table, { embedding: vectorOf(position) });
          break;
        default:
          throw new Error(`There is no table ${table}.`);
      }
    }
    return null;
  },
});
