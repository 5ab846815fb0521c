import { type FormEvent, useState } from 'react';
import { client } from '../client';
import { KeyIcon } from '../icons';
import { Problem } from '../problem';
import { useAttempt } from '../use-attempt';
import { EmailField, PasswordField } from './fields';

export function ByPassword({ onCode }: { readonly onCode: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { isBusy, problem, attempt } = useAttempt();

  function signIn(event: FormEvent) {
    event.preventDefault();
    void attempt(() => client.auth.signIn(email, password));
  }

  return (
    <form className="stack" onSubmit={signIn}>
      <EmailField value={email} onChange={setEmail} />
      <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
      <Problem>{problem}</Problem>
      <button className="button primary" type="submit" disabled={isBusy}>
        Sign in
      </button>
      <div className="or">or</div>
      <button className="button" type="button" disabled={isBusy} onClick={() => void attempt(() => client.auth.signInWithPasskey())}>
        <KeyIcon /> Sign in with a passkey
      </button>
      <button className="button" type="button" disabled={isBusy} onClick={onCode}>
        Send me a code
      </button>
    </form>
  );
}
