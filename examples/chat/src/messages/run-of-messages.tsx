import { Avatar } from '../me/avatar';
import type { Me } from '../me/me';
import type { Run } from './days';
import { MessageRow } from './message-row';
import { toClock, toWhole } from './time';
import type { Editing } from './use-edit';

export interface RunProps {
  readonly run: Run;
  readonly me: Me;
  readonly editing: Editing;
}

/** What one person wrote in one go: their face and name once, then their messages. */
export function RunOfMessages({ run, me, editing }: RunProps) {
  const isMine = run.author.key === me.key;
  const startsAt = run.messages[0]?.sentAt ?? 0;
  return (
    <article className="run" aria-label={run.author.name}>
      <Avatar person={run.author} />
      <div className="run-body">
        <header className="run-header">
          <span className="run-author">{run.author.name}</span>
          {isMine && <span className="run-you">you</span>}
          <time dateTime={new Date(startsAt).toISOString()} title={toWhole(startsAt)}>
            {toClock(startsAt)}
          </time>
        </header>
        <ul>
          {run.messages.map((message) => (
            <MessageRow key={message.key} message={message} isMine={isMine} editing={editing} />
          ))}
        </ul>
      </div>
    </article>
  );
}
