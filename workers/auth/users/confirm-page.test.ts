import { expect, test } from 'vitest';
import { UsersBench } from '../test/users-bench.ts';

const email = 'ada@example.com';
const password = 'correct horse battery';

/** Somebody without an account has signed up with Ada’s address. Ends with what Ada’s mail leads to. */
async function signedUp(bench: UsersBench): Promise<{ readonly id: string; readonly token: string; readonly link: string }> {
  await bench.set({ anonymous_enabled: true, require_email_verification: true });
  const { user, token } = (await bench.post('/sign-in/anonymous')).body;
  await bench.post('/sign-up/email', { name: 'Mallory', email, password }, { token });
  const { search } = new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '');
  return { id: user.id, token, link: `/verify-email${search}` };
}

const statusOf = async (bench: UsersBench): Promise<number> => (await bench.post('/sign-in/email', { email, password })).status;

test('what follows the links of mail confirms nothing, nor is anybody in by it: a page asks', async () => {
  const bench = new UsersBench();
  const { id, token, link } = await signedUp(bench);
  const rows = (): unknown => bench.disk.rows('SELECT id, email, emailVerified, isAnonymous FROM auth_user ORDER BY id');
  const before = rows();
  const { status, body, location } = await bench.get(link);
  expect([status, location]).toEqual([200, null]);
  expect(body).toMatch(/<form method="post">/);
  expect(body).toMatch(/shop/);
  expect(body).toMatch(/If it was not you, close this page/);
  expect(rows()).toEqual(before);
  expect(await statusOf(bench)).toBe(403);
  expect((await bench.get('/get-session', { token })).body.user).toMatchObject({ id, isAnonymous: true });
});

test('who says on the page that it was them has confirmed their address, on whatever device, and signs in as they chose to', async () => {
  const bench = new UsersBench();
  const { link } = await signedUp(bench);
  const { headers, status } = await bench.fetch(
    new Request(`${bench.origin}/p/shop/auth${link}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' },
      body: '',
    }),
  );
  expect([status, headers.get('location')]).toEqual([302, '/']);
  expect(await statusOf(bench)).toBe(200);
});

test('whoever is signed in needs no page', async () => {
  const bench = new UsersBench();
  const { token } = await bench.signUp(email);
  await bench.post('/send-verification-email', { email }, { token });
  const { search } = new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '');
  await bench.get(`/verify-email${search}`, { token });
  expect((await bench.get('/get-session', { token })).body.user).toMatchObject({ email, emailVerified: true });
});

test('the page can be shown in no other, and names no script, address or token', async () => {
  const bench = new UsersBench();
  const { link } = await signedUp(bench);
  const page = await bench.fetch(new Request(`${bench.origin}/p/shop/auth${link}`));
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect([page.headers.get('referrer-policy'), page.headers.get('cache-control')]).toEqual(['no-referrer', 'no-store']);
  expect(await page.text()).not.toMatch(/token|script|ada@/);
});

test('the mail says that somebody asked, and what it means to confirm', async () => {
  const bench = new UsersBench();
  await signedUp(bench);
  const { text } = await bench.message();
  expect(text).toMatch(/Somebody, probably you, .* shop .*ada@example\.com/);
  expect(text).toMatch(/If it was not you, do nothing/);
});
