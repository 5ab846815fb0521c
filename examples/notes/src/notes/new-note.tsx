import { useMutation } from '@betterbase/react';
import { type FormEvent, useState } from 'react';
import { api } from '../../betterbase/_generated/api';
import { PlusIcon } from '../icons';
import { Problem } from '../problem';
import { sayError } from '../say-error';

export function NewNote() {
  const { mutateAsync: add } = useMutation(api.mutations.notes.add);
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);

  async function save(event: FormEvent) {
    event.preventDefault();
    try {
      await add({ title, text });
      setTitle('');
      setText('');
      setProblem(null);
    } catch (error) {
      setProblem(sayError(error));
    }
  }

  return (
    <form className="new-note" onSubmit={(event) => void save(event)}>
      <input value={title} onChange={(event) => setTitle(event.target.value)} placeholder="Title" aria-label="Title" maxLength={120} />
      <textarea value={text} onChange={(event) => setText(event.target.value)} placeholder="Write a note …" aria-label="Note" rows={3} />
      <Problem>{problem}</Problem>
      <button className="button primary" type="submit">
        <PlusIcon /> Keep it
      </button>
    </form>
  );
}
