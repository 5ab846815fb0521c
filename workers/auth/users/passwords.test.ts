import { expect, test } from 'vitest';
import { UsersBench } from '../test/users-bench.ts';

const password = 'correct horse battery';
const moved = 'a better password';

test('a forgotten password is replaced once, by whoever reads the mail, and all sessions end', async () => {
  const bench = new UsersBench();
  const ada = await bench.signUp('ada@example.com');
  await bench.post('/request-password-reset', { email: 'ada@example.com', redirectTo: 'http://localhost:5173/reset' });
  const { to, text } = await bench.message();
  expect(to).toBe('ada@example.com');
  const link = new URL(/http\S+/.exec(text)?.[0] ?? '');
  const { location } = await bench.get(link.pathname.slice('/p/shop/auth'.length) + link.search);
  const token = new URL(location ?? '').searchParams.get('token') ?? '';
  expect(location).toBe(`http://localhost:5173/reset?token=${token}`);
  expect(JSON.stringify(bench.disk.rows('SELECT * FROM auth_verification'))).not.toContain(token);

  expect((await bench.post('/reset-password', { token, newPassword: moved })).status).toBe(200);
  expect((await bench.post('/reset-password', { token, newPassword: 'once more once more' })).status).toBe(400);
  expect((await bench.get('/get-session', { token: ada.token })).body).toBeNull();
  expect(bench.ended).toContain(ada.id);
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password })).body.errorCode).toBe('auth/bad-credentials');
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password: moved })).status).toBe(200);
});

test('who asks for a new password is not told whether there is such an account', async () => {
  const bench = new UsersBench();
  await bench.signUp('ada@example.com');
  const known = await bench.post('/request-password-reset', { email: 'ada@example.com' });
  const unknown = await bench.post('/request-password-reset', { email: 'nobody@example.com' });
  await bench.sent();
  expect(unknown).toEqual(known);
  expect(bench.messages.map(({ to }) => to)).toEqual(['ada@example.com']);
});

test('links end at the app’s own pages only', async () => {
  const bench = new UsersBench();
  bench.isDevelopment = false;
  await bench.set({ allowed_origins: ['https://shop.example.com'] });
  await bench.signUp('ada@example.com');
  const ask = async (redirectTo: string): Promise<number> =>
    (await bench.post('/request-password-reset', { email: 'ada@example.com', redirectTo })).status;
  expect(await ask('https://shop.example.com/reset')).toBe(200);
  bench.now += 3_600_000;
  for (const elsewhere of [
    'https://evil.example',
    'https://shop.example.com.evil.example',
    '//evil.example',
    'http://localhost:5173',
    'javascript:alert(1)',
  ])
    expect([elsewhere, await ask(elsewhere), (bench.now += 3_600_000)]).toEqual([elsewhere, 403, expect.any(Number)]);
});

test('a reset token that is wrong, expired or of another project changes nothing', async () => {
  const [bench, other] = [new UsersBench(), new UsersBench('other')];
  for (const each of [bench, other]) await each.signUp('ada@example.com');
  await bench.post('/request-password-reset', { email: 'ada@example.com', redirectTo: 'http://localhost:5173/' });
  const token = /reset-password\/([^?]+)/.exec((await bench.message()).text)?.[1] ?? '';
  const reset = async (on: UsersBench, shown: string): Promise<number> =>
    (await on.post('/reset-password', { token: shown, newPassword: moved })).status;
  expect(await reset(other, token)).toBe(400);
  expect(await reset(bench, `${token.slice(0, -1)}x`)).toBe(400);
  bench.disk.rows("UPDATE auth_verification SET expiresAt = '2020-01-01T00:00:00.000Z'");
  expect(await reset(bench, token)).toBe(400);
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password })).status).toBe(200);
});

test('a password is changed by whoever knows it', async () => {
  const bench = new UsersBench();
  const { token } = await bench.signUp('ada@example.com');
  const change = (currentPassword: string, asking: object = { token }) =>
    bench.post('/change-password', { currentPassword, newPassword: moved, revokeOtherSessions: true }, asking);
  expect((await change(password, {})).status).toBe(401);
  expect((await change('not this one')).body.errorCode).toBe('auth/bad-credentials');
  expect((await change(password)).status).toBe(200);
});

test('guessing gets slower and slower, for accounts that are there and for those that are not', async () => {
  const bench = new UsersBench();
  await bench.signUp('ada@example.com');
  for (const email of ['ada@example.com', 'nobody@example.com']) {
    const guess = (): ReturnType<UsersBench['post']> =>
      bench.post('/sign-in/email', { email, password: 'wrong' }, { address: `203.0.113.${email.length}` });
    const codes = [];
    for (let guesses = 0; guesses < 6; guesses++) codes.push((await guess()).body.errorCode);
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'auth/bad-credentials'), 'auth/too-many-attempts']);
    expect((await guess()).body.details).toEqual({ retryAfter: 30 });
  }
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password })).status).toBe(429);
  bench.now += 31_000;
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password })).status).toBe(200);
});

test('where addresses must be confirmed, nobody is in before, and whether an account is there is not said', async () => {
  const bench = new UsersBench();
  await bench.set({ require_email_verification: true });
  const up = await bench.post('/sign-up/email', { name: 'Ada', email: 'ada@example.com', password });
  expect([up.status, up.body.token, up.body.accessToken]).toEqual([200, null, undefined]);
  const link = new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '');
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password })).body).toMatchObject({ code: 'EMAIL_NOT_VERIFIED' });
  const again = await bench.post('/sign-up/email', { name: 'Ada', email: 'ada@example.com', password: 'of somebody else' });
  expect([again.status, Object.keys(again.body).toSorted()]).toEqual([200, Object.keys(up.body).toSorted()]);

  const forged = link.search.replace(/token=([^&]{10})/, 'token=$1x');
  expect((await bench.post(`/verify-email${forged}`)).status).not.toBe(200);
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password })).status).toBe(403);
  await bench.post(`/verify-email${link.search}`);
  expect((await bench.post('/sign-in/email', { email: 'ada@example.com', password })).status).toBe(200);
});

test('every setting of accounts has its effect', async () => {
  const bench = new UsersBench();
  const up = async (email: string, given = password): Promise<unknown> => {
    const { status, body } = await bench.post(
      '/sign-up/email',
      { name: '', email, password: given },
      { address: `198.51.100.${Math.floor(Math.random() * 250)}` },
    );
    return status === 200 ? 'in' : body.code;
  };
  await bench.set({ password_min_length: 20 });
  expect(await up('a@example.com', 'nineteen characters')).toBe('PASSWORD_TOO_SHORT');
  await bench.set({ password_min_length: 8, allowed_email_domains: ['example.com'], blocked_email_domains: ['bad.example.com'] });
  expect([await up('a@example.com'), await up('b@mail.example.com'), await up('c@bad.example.com'), await up('d@notexample.com')]).toEqual([
    'in',
    'in',
    'EMAIL_DOMAIN_NOT_ALLOWED',
    'EMAIL_DOMAIN_NOT_ALLOWED',
  ]);
  await bench.set({ email_password_enabled: false });
  expect(await up('e@example.com')).toBe('EMAIL_PASSWORD_SIGN_UP_DISABLED');
  expect((await bench.post('/sign-in/email', { email: 'a@example.com', password })).status).toBe(400);
  for (const path of ['/sign-in/magic-link', '/otp/send', '/phone/send', '/sign-in/anonymous'])
    expect([path, (await bench.post(path, { email: 'a@example.com', phone: '+15550100' })).status]).toEqual([path, 404]);
});
