/** What is kept of the tokens that vendors hand out, and who gets at them. */
import { decodeJwt } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { accountsOf, startVendorsBench, type VendorsBench } from '../../test/vendors-bench.ts';
import { AppleSecret } from './apple-secret.ts';

/** All that vendors have handed out from now on, by its name. */
function handedOut({ vendors }: VendorsBench): readonly (readonly [name: string, token: string])[] {
  const tokens: [string, string][] = [];
  const answer = vendors.answer.bind(vendors);
  const spied = vi.spyOn(vendors, 'answer').mockImplementation(async (request) => {
    const response = await answer(request);
    const said: unknown = await response
      ?.clone()
      .json()
      .catch(() => null);
    for (const [name, value] of Object.entries(said ?? {})) if (name.endsWith('_token')) tokens.push([name, String(value)]);
    return response;
  });
  onTestFinished(() => spied.mockRestore());
  return tokens;
}

/** Every row of every table. */
function everything({ bench: { disk } }: VendorsBench): string {
  const tables = disk.rows("SELECT name FROM sqlite_master WHERE type = 'table'").map(([name]) => String(name));
  return tables.map((table) => JSON.stringify(disk.rows(`SELECT * FROM "${table}"`))).join('\n');
}

test.each(['google', 'microsoft', 'twitter', 'apple'] as const)(
  'tokens of %s rest sealed, and those that say who somebody is not at all',
  async (vendor) => {
    const at = await startVendorsBench();
    const tokens = handedOut(at);
    await at.visitor.signIn(vendor);
    const { token } = (await at.visitor.signIn(vendor)).answer?.body ?? {};
    await at.visitor.link('github', token);

    const rest = everything(at);

    expect(rest).toContain('Ada Lovelace');
    expect(new Set(tokens.map(([name]) => name))).toContain('access_token');
    for (const [name, secret] of tokens) expect([name, rest.includes(secret)]).toEqual([name, false]);
    expect(accountsOf(at.bench).map(({ idToken }) => idToken)).toEqual([null, null]);
  },
);

test('an app asks for more than who somebody is where its page says so, and the user’s agreement is kept with the token', async () => {
  const at = await startVendorsBench();
  const { token } = (await at.visitor.signIn('github', { scopes: 'repo read:org' })).answer?.body ?? {};
  expect(at.vendors.visits.at(-1)?.searchParams.get('scope')).toBe('read:user user:email repo read:org');
  const [account] = (await at.bench.get('/list-accounts', { token })).body;
  expect(account.scopes).toEqual(['read:user', 'user:email', 'repo', 'read:org']);
});

test('a user gets a token for their own account elsewhere, renewed when it is over; what renews it stays', async () => {
  const at = await startVendorsBench();
  const { bench, visitor } = at;
  const tokens = handedOut(at);
  const newest = (): string => tokens.findLast(([name]) => name === 'access_token')?.[1] ?? '';
  const { token } = (await visitor.signIn('twitter')).answer?.body ?? {};
  const [account] = (await bench.get('/list-accounts', { token })).body;
  const ask = (session?: string) => bench.post('/get-access-token', { accountId: account.id }, { token: session });

  expect((await ask(token)).body).toMatchObject({ accessToken: newest(), scopes: expect.arrayContaining(['users.read']) });
  const [first, many] = [newest(), tokens.length];
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7_201_000 });
  onTestFinished(() => void vi.useRealTimers());
  const renewed = (await ask(token)).body;

  expect([renewed.accessToken === newest(), renewed.accessToken === first, tokens.length > many]).toEqual([true, false, true]);
  expect(JSON.stringify(renewed)).not.toMatch(/refresh|idToken/);
  for (const [name, secret] of tokens) expect([name, everything(at).includes(secret)]).toEqual([name, false]);
  // Nobody else does, nor what it is renewed with.
  const other = await bench.signUp('eve@example.com');
  expect([(await ask(other.token)).status, (await ask()).status]).toEqual([400, 401]);
  expect((await bench.post('/get-access-token', { accountId: account.id, userId: account.userId }, { token: other.token })).status).toBe(
    400,
  );
  expect((await bench.post('/refresh-token', { accountId: account.id }, { token })).status).toBe(404);
});

test('Apple’s secret is made when it is needed, lives for an hour, and is made again before that is over', async () => {
  const at = await startVendorsBench();
  const { APPLE_PRIVATE_KEY: privateKey = '' } = at.bench.values;
  const key = { clientId: 'app', teamId: 'TEAM123456', keyId: 'KEY1234567', privateKey };
  const secret = new AppleSecret(key);
  const first = await secret.current();
  const { iat = 0, exp = 0, iss, sub, aud } = decodeJwt(first);
  expect([exp - iat, iss, sub, aud]).toEqual([3600, 'TEAM123456', 'app', 'https://appleid.apple.com']);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 49 * 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await secret.current()).toBe(first);
  vi.setSystemTime(Date.now() + 2 * 60_000);
  expect(await secret.current()).not.toBe(first);
  // As it comes out of a file with one line.
  expect(await new AppleSecret({ ...key, privateKey: privateKey.replaceAll('\n', '\\n') }).current()).toMatch(/^ey/);

  // A project that is in use for long goes on signing people in.
  expect((await at.visitor.signIn('apple')).answer?.status).toBe(200);
  vi.setSystemTime(Date.now() + 26 * 60 * 60_000);
  expect((await at.visitor.signIn('apple')).answer?.status).toBe(200);
});

test('Apple tells a name once, with the browser’s word for it: it decides nothing else', async () => {
  const at = await startVendorsBench();
  const { request, verifier } = at.visitor.begin('apple');
  await at.visitor.go(request);
  const back = at.visitor.steps.find(({ method, url }) => method === 'GET' && url.includes('/callback/apple?'));
  const told: unknown = JSON.parse(new URL(back?.url ?? '').searchParams.get('user') ?? '');
  expect(told).toEqual({ name: { firstName: 'Ada', lastName: 'Lovelace' }, email: 'ada@example.com' });
  at.bench.users.directory.delete(String(at.bench.disk.rows('SELECT id FROM auth_user')[0]?.[0]));

  // A browser that says otherwise, after Apple has said nothing.
  const lie = JSON.stringify({ name: { firstName: 'x'.repeat(500), lastName: '' }, email: 'root@example.com' });
  const again = at.visitor.begin('apple');
  const there = (await at.visitor.step(again.request)).headers.get('location') ?? '';
  const form = (await (await at.vendors.answer(new Request(there)))?.text()) ?? '';
  expect(form).not.toContain('name="user"');
  const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? '';
  const body = new URLSearchParams({ code: field('code'), state: field('state'), user: lie });
  const url = `${at.bench.origin}/p/shop/auth/callback/apple`;
  const ended = await at.visitor.finish(await at.visitor.go(new Request(url, { method: 'POST', body })), again.verifier);
  expect(ended.answer?.body.user).toMatchObject({ name: 'x'.repeat(200), email: 'ada@example.com' });
  expect(verifier).not.toBe(again.verifier);
});
