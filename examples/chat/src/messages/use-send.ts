import { useMutation } from '@betterbase/react';
import { insertAtTop } from '@betterbase/react/convex';
import { api } from '../../betterbase/_generated/api';
import type { Id } from '../../betterbase/_generated/dataModel';
import type { Me } from '../me/me';
import { randomKey } from '../me/random-key';
import { unsent } from './message';

/** Sends a message into the channel. It is on screen at once; the promise says whether it arrived. */
export function useSend(channel: Id<'channels'>, me: Me): (text: string) => Promise<void> {
  const send = useMutation(api.mutations.messages.send).withOptimisticUpdate((store, args) => {
    const author = { key: me.key, name: me.name };
    const item = { id: unsent, key: args.key, author, text: args.text, sentAt: Date.now(), editedAt: null };
    insertAtTop({ paginatedQuery: api.queries.messages.list, argsToMatch: { channel: args.channel }, localQueryStore: store, item });
  });

  return async (text) => {
    await send.mutateAsync({ me: { key: me.key, secret: me.secret }, channel, key: randomKey(), text });
  };
}
