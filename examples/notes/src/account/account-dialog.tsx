import { useEffect, useRef } from 'react';
import { client, useSession } from '../client';
import { CloseIcon } from '../icons';
import { Passkeys } from './passkeys';

export function AccountDialog({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const user = useSession()?.user;
  const hasAddress = user !== undefined && !user.email.endsWith('.invalid');

  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog ref={dialog} className="account" aria-label="Account" onClose={onClose}>
      <header>
        <div>
          <h2>{user?.name || 'Your account'}</h2>
          <p className="soft">{hasAddress ? user.email : 'No e-mail address'}</p>
        </div>
        <button type="button" className="icon" aria-label="Close" onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </header>
      <Passkeys />
      <footer>
        <button type="button" className="button" onClick={() => void client.auth.signOut()}>
          Sign out
        </button>
      </footer>
    </dialog>
  );
}
