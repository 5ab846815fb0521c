import { expect, test } from 'vitest';
import { UsersBench } from '../test/users-bench.ts';

const asking: Readonly<Record<string, (password: string) => object>> = {
  '/verify-password': (password) => ({ password }),
  '/change-password': (currentPassword) => ({ currentPassword, newPassword: 'chosen by somebody else' }),
  '/delete-user': (password) => ({ password }),
  '/mfa/enable': (password) => ({ password }),
  '/two-factor/disable': (password) => ({ password }),
  '/two-factor/generate-backup-codes': (password) => ({ password }),
  '/two-factor/get-totp-uri': (password) => ({ password }),
};

test.each(Object.entries(asking))('whoever has a session and not the password cannot guess it at %s', async (path, body) => {
  const bench = new UsersBench();
  const { token } = await bench.signUp('ada@example.com');
  const guess = async (at: number): Promise<number> =>
    (await bench.post(path, body(`guess number ${at}`), { token, address: `203.0.113.${at}` })).status;
  for (let at = 0; at < 5; at++) expect([400, 401, 403]).toContain(await guess(at));
  // Whichever way is tried next: all are counted together.
  for (const [other, said] of Object.entries(asking)) expect((await bench.post(other, said('a guess'), { token })).status).toBe(429);
  // Their own devices go on, and know the password.
  const { body: again } = await bench.post('/sign-in/email', { email: 'ada@example.com', password: 'correct horse battery' });
  expect((await bench.post('/verify-password', { password: 'correct horse battery' }, { token: again.token })).status).toBe(200);
});

test('writing the same session in other ways is no way to guess on', async () => {
  const bench = new UsersBench();
  const { token } = await bench.signUp('ada@example.com');
  const encoded = `%${token.charCodeAt(0).toString(16)}${token.slice(1)}`;
  const written = [token, ` ${token}`, encodeURIComponent(token), decodeURIComponent(token), encoded, `${token} `];
  const statuses: number[] = [];
  for (const [at, each] of written.entries())
    statuses.push((await bench.post('/verify-password', { password: 'a guess' }, { token: each, address: `203.0.113.${at}` })).status);
  expect(statuses.at(-1)).toBe(429);
});

test('a challenge brings no session along', async () => {
  const bench = new UsersBench();
  const { token } = await bench.signUp('ada@example.com');
  for (const between of ['; ', ';', ';\t', ',']) {
    const challenge = `shop.two_factor=1${between}shop.session_token=${token}`;
    expect([between, (await bench.get('/get-session', { challenge })).body]).toEqual([between, null]);
  }
});
