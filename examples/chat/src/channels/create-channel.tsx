import { useMutation } from '@betterbase/react';
import { type FormEvent, useId, useState } from 'react';
import { api } from '../../betterbase/_generated/api';
import { sayError } from '../say-error';
import { showChannel } from './route';

/** Opens a channel and goes there. */
export function CreateChannel({
  suggestion = '',
  onDone,
  autoFocus = false,
}: {
  suggestion?: string;
  onDone?: () => void;
  autoFocus?: boolean;
}) {
  const [name, setName] = useState(suggestion);
  const create = useMutation(api.mutations.channels.create);
  const id = useId();

  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const channel = await create.mutateAsync({ name });
      setName('');
      showChannel(channel.name);
      onDone?.();
    } catch {
      // Shown from `create.error`, below the field.
    }
  }

  return (
    <form className="create-channel" onSubmit={(event) => void submit(event)} onKeyDown={(event) => event.key === 'Escape' && onDone?.()}>
      <label className="visually-hidden" htmlFor={id}>
        Name of the new channel
      </label>
      <div className="create-channel-row">
        <span className="hash" aria-hidden="true">
          #
        </span>
        <input
          id={id}
          className="field field-quiet"
          value={name}
          maxLength={40}
          placeholder="new-channel"
          autoCapitalize="none"
          autoComplete="off"
          autoFocus={autoFocus}
          aria-invalid={create.isError}
          aria-describedby={create.isError ? `${id}-error` : undefined}
          onChange={(event) => setName(event.target.value)}
        />
        <button className="button button-primary" type="submit" disabled={name.trim() === '' || create.isPending}>
          Open
        </button>
      </div>
      {create.isError && (
        <p id={`${id}-error`} className="form-error" role="alert">
          {sayError(create.error)}
        </p>
      )}
    </form>
  );
}
