/** Ceremonies of a project's users, with keys made of software. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import { type Ceremony, SoftwareKey } from './software-key.ts';
import { type Answer, UsersBench } from './users-bench.ts';

export const origin = 'http://localhost:5173';

export async function withPasskeys(project?: string, settings: Partial<AuthSettings> = {}): Promise<UsersBench> {
  const bench = new UsersBench(project);
  await bench.set({ passkey_enabled: true, ...settings });
  return bench;
}

export async function asked(
  bench: UsersBench,
  kind: 'register' | 'authenticate',
  token?: string,
): Promise<{ challenge: string; state: string }> {
  const { status, body } = await bench.get(`/passkey/generate-${kind}-options`, { token, origin });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

export async function add(bench: UsersBench, token: string, key = new SoftwareKey(), how: Partial<Ceremony> = {}): Promise<SoftwareKey> {
  const { challenge, state } = await asked(bench, 'register', token);
  const response = key.make({ challenge, ...how });
  const { status, body } = await bench.post('/passkey/verify-registration', { response, state, name: 'Laptop' }, { token, origin });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return key;
}

export async function signIn(bench: UsersBench, key: SoftwareKey, how: Partial<Ceremony> = {}): Promise<Answer> {
  const { challenge, state } = await asked(bench, 'authenticate');
  const response = key.sign({ challenge, ...how });
  return await bench.post('/passkey/verify-authentication', { response, state }, { origin: how.origin ?? origin });
}

/** An account that begins with a passkey. */
export async function signUp(bench: UsersBench, name: string, key = new SoftwareKey(), token?: string): Promise<Answer> {
  const context = encodeURIComponent(JSON.stringify({ name }));
  const options = await bench.get(`/passkey/generate-register-options?context=${context}`, { token, origin });
  if (options.status !== 200) return options;
  const { challenge, state } = options.body;
  const fields = { response: key.make({ challenge }), state, createSession: true };
  return await bench.post('/passkey/verify-registration', fields, { token, origin });
}
