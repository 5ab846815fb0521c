import { useEffect, useState } from 'react';
import { client } from '../client';
import { ByCode } from './by-code';
import { ByPassword } from './by-password';
import { NewAccount } from './new-account';

type Way = 'password' | 'code' | 'new';

export function SignInPage() {
  const [way, setWay] = useState<Way>('password');

  // Browsers that can offer passkeys in the field for the address, from the start.
  useEffect(() => void client.auth.signInWithPasskey({ autofill: true }), []);

  return (
    <main className="entrance">
      <section className="card" aria-labelledby="greeting">
        <img src="/icon.svg" alt="" width="44" height="44" />
        <h1 id="greeting">{way === 'new' ? 'Begin your notes' : 'Welcome back'}</h1>
        <p className="soft">{way === 'new' ? 'Yours alone, on every device.' : 'Sign in to your notes.'}</p>
        {way === 'password' && <ByPassword onCode={() => setWay('code')} />}
        {way === 'code' && <ByCode onPassword={() => setWay('password')} />}
        {way === 'new' && <NewAccount />}
        <p className="turn">
          {way === 'new' ? 'You have an account?' : 'New here?'}{' '}
          <button type="button" className="link" onClick={() => setWay(way === 'new' ? 'password' : 'new')}>
            {way === 'new' ? 'Sign in' : 'Create an account'}
          </button>
        </p>
      </section>
    </main>
  );
}
