import type { FunctionReturnType } from '@betterbase/core';
import type { api } from '../../betterbase/_generated/api';
import type { Id } from '../../betterbase/_generated/dataModel';

export type Message = FunctionReturnType<typeof api.queries.messages.list>['page'][number];

/** The id of a message that is on screen already but not stored yet. */
export const unsent = 'unsent' as Id<'messages'>;

export function isUnsent(message: Message): boolean {
  return message.id === unsent;
}
