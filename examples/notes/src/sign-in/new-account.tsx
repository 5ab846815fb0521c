import { type FormEvent, useState } from 'react';
import { client } from '../client';
import { KeyIcon } from '../icons';
import { Problem } from '../problem';
import { useAttempt } from '../use-attempt';
import { EmailField, PasswordField } from './fields';

export function NewAccount() {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { isBusy, problem, attempt } = useAttempt();

  function signUp(event: FormEvent) {
    event.preventDefault();
    void attempt(() => client.auth.signUp(email, password, name));
  }

  return (
    <form className="stack" onSubmit={signUp}>
      <label className="labelled">
        Your name
        <input className="field" value={name} onChange={(event) => setName(event.target.value)} autoComplete="name" maxLength={80} />
      </label>
      <button
        className="button primary"
        type="button"
        disabled={isBusy || name.trim() === ''}
        onClick={() => void attempt(() => client.auth.signUpWithPasskey(name))}
      >
        <KeyIcon /> Create it with a passkey
      </button>
      <div className="or">or with a password</div>
      <EmailField value={email} onChange={setEmail} />
      <PasswordField value={password} onChange={setPassword} autoComplete="new-password" />
      <Problem>{problem}</Problem>
      <button className="button" type="submit" disabled={isBusy}>
        Create the account
      </button>
    </form>
  );
}
