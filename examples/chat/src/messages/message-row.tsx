import { useEffect, useRef } from 'react';
import { PencilIcon } from '../icons';
import { EditMessage } from './edit-message';
import { LinkedText } from './linked-text';
import { isUnsent, type Message } from './message';
import { toShortClock, toWhole } from './time';
import type { Editing } from './use-edit';

export interface MessageRowProps {
  readonly message: Message;
  readonly isMine: boolean;
  readonly editing: Editing;
}

export function MessageRow({ message, isMine, editing }: MessageRowProps) {
  const edit = editing.open?.key === message.key ? editing.open : null;
  const editButton = useFocusWhenOver(edit !== null);

  if (edit !== null) {
    return (
      <li className="message">
        <EditMessage edit={edit} onSave={(text) => editing.save(message, text)} onCancel={editing.stop} />
      </li>
    );
  }
  return (
    <li className={isUnsent(message) ? 'message message-unsent' : 'message'}>
      <time className="message-time" dateTime={new Date(message.sentAt).toISOString()} title={toWhole(message.sentAt)}>
        {toShortClock(message.sentAt)}
      </time>
      <p className="message-text">
        <LinkedText text={message.text} />
        {message.editedAt !== null && (
          <small className="message-note" title={`Changed ${toWhole(message.editedAt)}`}>
            edited
          </small>
        )}
        {isUnsent(message) && <small className="message-note">sending…</small>}
      </p>
      {isMine && !isUnsent(message) && (
        <button
          ref={editButton}
          className="icon-button message-edit"
          type="button"
          aria-label={`Edit “${message.text.slice(0, 40)}”`}
          title="Edit"
          onClick={() => editing.start(message)}
        >
          <PencilIcon />
        </button>
      )}
    </li>
  );
}

/** When the editor closes, the keyboard goes back to the button that opened it. */
function useFocusWhenOver(isOpen: boolean) {
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return button;
}
