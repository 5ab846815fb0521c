import { type FormEvent, useState } from 'react';
import { client } from '../client';
import { Problem } from '../problem';
import { useAttempt } from '../use-attempt';
import { EmailField } from './fields';

export function ByCode({ onPassword }: { readonly onPassword: () => void }) {
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const [isSent, setIsSent] = useState(false);
  const { isBusy, problem, attempt } = useAttempt();

  async function goOn(event: FormEvent) {
    event.preventDefault();
    if (isSent) await attempt(() => client.auth.verifyOtp(email, code));
    else setIsSent(await attempt(() => client.auth.sendOtp(email)));
  }

  return (
    <form className="stack" onSubmit={(event) => void goOn(event)}>
      <EmailField value={email} onChange={setEmail} isFixed={isSent} />
      {isSent && (
        <label className="labelled">
          The code that was sent there
          <input
            className="field code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="\d{6}"
            maxLength={6}
            required
            autoFocus
          />
        </label>
      )}
      <Problem>{problem}</Problem>
      <button className="button primary" type="submit" disabled={isBusy}>
        {isSent ? 'Sign in' : 'Send me a code'}
      </button>
      <button className="button" type="button" onClick={onPassword}>
        Use a password
      </button>
    </form>
  );
}
