import { useMutation } from '@betterbase/react';
import { optimisticallyUpdateValueInPaginatedQuery } from '@betterbase/react/convex';
import { useState } from 'react';
import { api } from '../../betterbase/_generated/api';
import type { Id } from '../../betterbase/_generated/dataModel';
import type { Me } from '../me/me';
import { sayError } from '../say-error';
import { isUnsent, type Message } from './message';

/** The message that is open for editing, with the words to start from and what went wrong with the last try. */
export interface OpenEdit {
  readonly key: string;
  readonly text: string;
  readonly problem: string | null;
}

export interface Editing {
  readonly open: OpenEdit | null;
  readonly start: (message: Message) => void;
  readonly stop: () => void;
  readonly save: (message: Message, text: string) => void;
}

/** Editing one's own messages. The new words are on screen at once; if the server refuses them the editor is back, with the reason. */
export function useEdit(channel: Id<'channels'>, me: Me): Editing {
  const [open, setOpen] = useState<OpenEdit | null>(null);
  const edit = useMutation(api.mutations.messages.edit).withOptimisticUpdate((store, args) => {
    const editedAt = Date.now();
    optimisticallyUpdateValueInPaginatedQuery(store, api.queries.messages.list, { channel }, (message) =>
      message.id === args.message ? { ...message, text: args.text.trim(), editedAt } : message,
    );
  });

  async function save(message: Message, text: string) {
    setOpen(null);
    if (text.trim() === message.text) return;
    try {
      await edit.mutateAsync({ me: { key: me.key, secret: me.secret }, message: message.id, text });
    } catch (error) {
      setOpen({ key: message.key, text, problem: sayError(error) });
    }
  }

  return {
    open,
    start: (message) => !isUnsent(message) && setOpen({ key: message.key, text: message.text, problem: null }),
    stop: () => setOpen(null),
    save: (message, text) => void save(message, text),
  };
}
