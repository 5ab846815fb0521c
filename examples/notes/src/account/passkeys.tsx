import type { Passkey } from '@betterbase/client/users';
import { useCallback, useEffect, useState } from 'react';
import { client } from '../client';
import { KeyIcon, PlusIcon, TrashIcon } from '../icons';
import { Problem } from '../problem';
import { useAttempt } from '../use-attempt';

export function Passkeys() {
  const [passkeys, setPasskeys] = useState<readonly Passkey[]>([]);
  const { isBusy, problem, attempt } = useAttempt();

  const load = useCallback(async () => {
    const { data } = await client.auth.listPasskeys();
    if (data !== null) setPasskeys(data);
  }, []);
  useEffect(() => void load(), [load]);

  async function change(work: Parameters<typeof attempt>[0]) {
    if (await attempt(work)) await load();
  }

  return (
    <section aria-labelledby="passkeys">
      <h3 id="passkeys">Passkeys</h3>
      <p className="soft">A finger, a face or a PIN in place of a password.</p>
      <ul className="passkeys">
        {passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
          <li key={id}>
            <KeyIcon />
            <div>
              <input
                key={name}
                className="name"
                defaultValue={name || 'Passkey'}
                aria-label="Name of the passkey"
                onBlur={({ target }) => {
                  if (target.value.trim() !== (name || 'Passkey')) void change(() => client.auth.renamePasskey(id, target.value));
                }}
                onKeyDown={({ key, currentTarget }) => key === 'Enter' && currentTarget.blur()}
              />
              <small>
                Made {day(createdAt)}
                {lastUsedAt === null ? ', not used yet' : `, used ${day(lastUsedAt)}`}
              </small>
            </div>
            <button
              type="button"
              className="icon"
              aria-label={`Remove ${name || 'the passkey'}`}
              disabled={isBusy}
              onClick={() => void change(() => client.auth.deletePasskey(id))}
            >
              <TrashIcon />
            </button>
          </li>
        ))}
      </ul>
      <Problem>{problem}</Problem>
      <button type="button" className="button" disabled={isBusy} onClick={() => void change(() => client.auth.addPasskey())}>
        <PlusIcon /> Add a passkey
      </button>
    </section>
  );
}

function day(moment: string): string {
  return new Date(moment).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}
