import { AppError, v } from '@betterbase/core';
import { mutation } from '../_generated/server';

const longest = { title: 120, text: 10_000 };

function checked(given: { readonly title: string; readonly text: string }): { title: string; text: string } {
  const [title, text] = [given.title.trim(), given.text.trim()];
  if (title === '' && text === '') throw new AppError('Write something first.');
  if (title.length > longest.title || text.length > longest.text) throw new AppError('This is too long for a note.');
  return { title, text };
}

export const add = mutation({
  args: { title: v.string(), text: v.string() },
  handler: async ({ auth, db }, note) => await db.asUser().insert('notes', { owner: auth.userId ?? '', ...checked(note) }),
});

export const edit = mutation({
  args: { id: v.id('notes'), title: v.string(), text: v.string() },
  handler: async ({ db }, { id, ...note }) => {
    await db.asUser().patch(id, checked(note));
    return null;
  },
});

export const remove = mutation({
  args: { id: v.id('notes') },
  handler: async ({ db }, { id }) => {
    await db.asUser().delete(id);
    return null;
  },
});
