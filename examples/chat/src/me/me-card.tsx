import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import { Avatar } from './avatar';
import { type Me, saveName } from './me';

/** Who you are, at the foot of the sidebar. Press it to change your name. */
export function MeCard({ me }: { me: Me }) {
  const [draft, setDraft] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);

  function close() {
    setDraft(null);
    requestAnimationFrame(() => button.current?.focus());
  }

  function save(event: FormEvent) {
    event.preventDefault();
    if (draft === null || draft.trim() === '') return;
    saveName(draft);
    close();
  }

  if (draft === null) {
    return (
      <button ref={button} className="me-card" type="button" onClick={() => setDraft(me.name)} title="Change your name">
        <Avatar person={me} />
        <span className="me-name">{me.name}</span>
        <span className="me-hint">Edit</span>
      </button>
    );
  }

  return (
    <form className="me-card" onSubmit={save}>
      <Avatar person={{ key: me.key, name: draft }} />
      <input
        className="field field-quiet"
        aria-label="Your name"
        value={draft}
        maxLength={40}
        autoFocus
        onChange={(event) => setDraft(event.target.value)}
        onFocus={(event) => event.target.select()}
        onKeyDown={(event: KeyboardEvent) => event.key === 'Escape' && close()}
      />
      <button className="button" type="submit" disabled={draft.trim() === ''}>
        Save
      </button>
    </form>
  );
}
