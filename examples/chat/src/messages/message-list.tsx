import { useRef, useState } from 'react';
import { DownIcon } from '../icons';
import type { Me } from '../me/me';
import { toDays } from './days';
import type { Message } from './message';
import { OlderMessages } from './older-messages';
import { RunOfMessages } from './run-of-messages';
import { toDayName } from './time';
import type { Editing } from './use-edit';
import { useKeepPlace } from './use-keep-place';
import type { Older } from './use-messages';
import { useStickToBottom } from './use-stick-to-bottom';

export interface MessageListProps {
  readonly channelName: string;
  /** Undefined while they load. */
  readonly messages: readonly Message[] | undefined;
  readonly older: Older;
  readonly me: Me;
  readonly editing: Editing;
}

export function MessageList({ channelName, messages, older, me, editing }: MessageListProps) {
  const box = useRef<HTMLDivElement>(null);
  const newest = messages?.at(-1);
  useKeepPlace(box, messages?.[0]?.key);
  const { isAtBottom, toBottom } = useStickToBottom(box, newest?.key, newest?.author.key === me.key);
  const unseen = useUnseen(messages, isAtBottom);

  return (
    <div className="messages">
      <div
        ref={box}
        className="messages-scroll"
        role="log"
        aria-label={`Messages in #${channelName}`}
        aria-busy={messages === undefined}
        tabIndex={0}
      >
        <div className="messages-content">
          {messages === undefined && <MessagesSkeleton />}
          <OlderMessages box={box} older={older} />
          {messages?.length === 0 && (
            <div className="notice">
              <h2>Say hello</h2>
              <p>Nobody has written in #{channelName} yet. The first message is yours.</p>
            </div>
          )}
          {toDays(messages ?? []).map((day) => (
            <section key={day.key} className="day">
              <h3 className="day-name">
                <span>{toDayName(day.startsAt, Date.now())}</span>
              </h3>
              {day.runs.map((run) => (
                <RunOfMessages key={run.messages[0]?.key} run={run} me={me} editing={editing} />
              ))}
            </section>
          ))}
        </div>
      </div>
      {!isAtBottom && (
        <button className="button to-bottom" type="button" onClick={toBottom}>
          <DownIcon />
          {unseen === 0 ? 'Newest' : unseen === 1 ? '1 new message' : `${unseen} new messages`}
        </button>
      )}
    </div>
  );
}

/** How many messages came after the one that was newest when the reader left the bottom. */
function useUnseen(messages: readonly Message[] | undefined, isAtBottom: boolean): number {
  const newest = messages?.at(-1)?.key;
  const [lastSeen, setLastSeen] = useState(newest);
  if (isAtBottom && newest !== lastSeen) setLastSeen(newest);
  if (isAtBottom || messages === undefined) return 0;
  return messages.length - 1 - messages.findIndex((message) => message.key === lastSeen);
}

function MessagesSkeleton() {
  return (
    <div className="skeleton-messages" aria-hidden="true">
      {['62%', '38%', '74%', '50%'].map((inlineSize) => (
        <div key={inlineSize}>
          <span className="skeleton-face" />
          <span className="skeleton-text" style={{ inlineSize }} />
        </div>
      ))}
    </div>
  );
}
