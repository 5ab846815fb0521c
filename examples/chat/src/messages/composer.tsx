import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import type { Channel } from '../channels/sidebar';
import { SendIcon } from '../icons';
import { sayError } from '../say-error';

export interface ComposerProps {
  readonly channel: Channel;
  readonly onSend: (text: string) => Promise<void>;
  /** Arrow up in the empty box. */
  readonly onEditNewest: () => void;
}

/** What was being written in each channel survives looking into another one. */
const drafts = new Map<string, string>();

export function Composer({ channel, onSend, onEditNewest }: ComposerProps) {
  const [text, setText] = useState(drafts.get(channel.id) ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);

  function write(next: string) {
    drafts.set(channel.id, next);
    setText(next);
  }

  async function send(event?: FormEvent) {
    event?.preventDefault();
    const sent = text.trim();
    if (sent === '') return;
    write('');
    setProblem(null);
    box.current?.focus();
    try {
      await onSend(sent);
    } catch (error) {
      setProblem(sayError(error));
      // Give the words back, unless new ones have been started.
      if ((drafts.get(channel.id) ?? '') === '') write(sent);
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
    if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault();
      onEditNewest();
    }
  }

  return (
    <form className="composer" onSubmit={(event) => void send(event)}>
      {problem !== null && (
        <p className="form-error" role="alert">
          {problem}
        </p>
      )}
      <div className="composer-box">
        <textarea
          ref={box}
          aria-label={`Message to #${channel.name}`}
          placeholder={`Message #${channel.name}`}
          rows={1}
          maxLength={2000}
          value={text}
          autoFocus={matchMedia('(hover: hover)').matches}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button className="composer-send" type="submit" aria-label="Send" disabled={text.trim() === ''}>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}
