import { useMutation } from '@betterbase/react';
import { api } from '../../betterbase/_generated/api';
import type { Id } from '../../betterbase/_generated/dataModel';
import type { Me } from '../me/me';
import { randomKey } from '../me/random-key';
import { unsent } from './message';

const shown = 50;

/** Sends a message into the channel. It is on screen at once; the promise says whether it arrived. */
export function useSend(channel: Id<'channels'>, me: Me): (text: string) => Promise<void> {
  const send = useMutation(api.mutations.messages.send).withOptimisticUpdate((store, args) => {
    const messages = store.getQuery(api.queries.messages.newest, { channel: args.channel });
    if (messages === undefined) return;
    const author = { key: me.key, name: me.name };
    const message = { id: unsent, key: args.key, author, text: args.text, sentAt: Date.now(), editedAt: null };
    store.setQuery(api.queries.messages.newest, { channel: args.channel }, [...messages, message].slice(-shown));
  });

  return async (text) => {
    await send.mutateAsync({ me: { key: me.key, secret: me.secret }, channel, key: randomKey(), text });
  };
}
