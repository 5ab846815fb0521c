import { useMutation } from '@betterbase/react';
import { type FormEvent, useState } from 'react';
import { api } from '../../betterbase/_generated/api';
import type { Doc } from '../../betterbase/_generated/dataModel';
import { TrashIcon } from '../icons';
import { Problem } from '../problem';
import { sayError } from '../say-error';

export function NoteCard({ note }: { readonly note: Doc<'notes'> }) {
  const { mutateAsync: edit } = useMutation(api.mutations.notes.edit);
  const { mutateAsync: remove } = useMutation(api.mutations.notes.remove);
  const [draft, setDraft] = useState<{ readonly title: string; readonly text: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function attempt(work: () => Promise<unknown>) {
    try {
      await work();
      setDraft(null);
      setProblem(null);
    } catch (error) {
      setProblem(sayError(error));
    }
  }

  function save(event: FormEvent) {
    event.preventDefault();
    if (draft !== null) void attempt(() => edit({ id: note._id, ...draft }));
  }

  if (draft !== null)
    return (
      <li className="note">
        <form className="stack" onSubmit={save}>
          <input
            className="field"
            value={draft.title}
            onChange={(event) => setDraft({ ...draft, title: event.target.value })}
            aria-label="Title"
            autoFocus
          />
          <textarea
            className="field"
            value={draft.text}
            onChange={(event) => setDraft({ ...draft, text: event.target.value })}
            aria-label="Note"
            rows={5}
          />
          <Problem>{problem}</Problem>
          <div className="row">
            <button className="button primary" type="submit">
              Save
            </button>
            <button className="button" type="button" onClick={() => setDraft(null)}>
              Cancel
            </button>
          </div>
        </form>
      </li>
    );

  return (
    <li className="note">
      <button type="button" className="open" onClick={() => setDraft({ title: note.title, text: note.text })}>
        {note.title !== '' && <strong>{note.title}</strong>}
        <span>{note.text}</span>
      </button>
      <footer>
        <time dateTime={new Date(note._creationTime).toISOString()}>{new Date(note._creationTime).toLocaleDateString()}</time>
        <button
          type="button"
          className="icon"
          aria-label={`Remove ${note.title || 'the note'}`}
          onClick={() => void attempt(() => remove({ id: note._id }))}
        >
          <TrashIcon />
        </button>
      </footer>
      <Problem>{problem}</Problem>
    </li>
  );
}
