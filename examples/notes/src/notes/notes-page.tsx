import { useQuery } from '@betterbase/react';
import { useState } from 'react';
import { api } from '../../betterbase/_generated/api';
import { AccountDialog } from '../account/account-dialog';
import { useSession } from '../client';
import { NewNote } from './new-note';
import { NoteCard } from './note-card';

export function NotesPage() {
  const { data: notes, error } = useQuery(api.queries.notes.list, {});
  const [isAccountOpen, setIsAccountOpen] = useState(false);
  const user = useSession()?.user;
  const name = user?.name || user?.email || 'You';

  return (
    <>
      <header className="bar">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <h1>Notes</h1>
        <button type="button" className="who" onClick={() => setIsAccountOpen(true)} aria-label={`Account of ${name}`}>
          <span className="initial" aria-hidden="true">
            {name.slice(0, 1).toUpperCase()}
          </span>
          {name}
        </button>
      </header>
      <main className="notes">
        <NewNote />
        {error !== null && <p className="problem">{error.message}</p>}
        {notes?.length === 0 && <p className="soft empty">Nothing yet. What you write here is seen by nobody else.</p>}
        <ul className="grid" aria-label="Your notes">
          {notes?.map((note) => (
            <NoteCard key={note._id} note={note} />
          ))}
        </ul>
      </main>
      {isAccountOpen && <AccountDialog onClose={() => setIsAccountOpen(false)} />}
    </>
  );
}
