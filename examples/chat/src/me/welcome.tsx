import { type FormEvent, useState } from 'react';
import { saveName } from './me';

export function Welcome() {
  const [name, setName] = useState('');

  function enter(event: FormEvent) {
    event.preventDefault();
    if (name.trim() !== '') saveName(name);
  }

  return (
    <main className="welcome">
      <form className="welcome-card" onSubmit={enter}>
        <img className="welcome-mark" src="/icon.svg" alt="" width="48" height="48" />
        <h1>Come on in</h1>
        <p>Everything here is live: open a second tab and watch the two keep up with each other.</p>
        <label htmlFor="name">What should others call you?</label>
        <input
          id="name"
          className="field"
          value={name}
          onChange={(event) => setName(event.target.value)}
          maxLength={40}
          autoComplete="nickname"
          placeholder="Ada"
          autoFocus
        />
        <button className="button button-primary" type="submit" disabled={name.trim() === ''}>
          Start chatting
        </button>
      </form>
    </main>
  );
}
