import { definePolicy } from '@betterbase/core';

const isOwn = 'owner = auth.uid()';

/** Everybody has their own notes, and knows of no others. */
export default definePolicy('notes', { select: isOwn, insert: isOwn, update: isOwn, delete: isOwn });
