/** What must not work: visits to vendors that were led astray on their way there or back. */
import { type IdToken, vendorNames } from '@betterbase/stand-ins/sign-in';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { UsersBench } from '../../test/users-bench.ts';
import { accountsOf, ada, alan, openTo, startVendorsBench, usersOf, type VendorsBench } from '../../test/vendors-bench.ts';
import { Visitor } from '../../test/visitor.ts';

/** Leaves, and does not come back yet. */
async function leave({ visitor, vendors }: VendorsBench, vendor: string): Promise<{ readonly back: URL; readonly verifier: string }> {
  const { request, verifier } = visitor.begin(vendor);
  const there = (await visitor.step(request)).headers.get('location') ?? '';
  const response = await vendors.answer(new Request(there));
  const location = response?.headers.get('location') ?? null;
  if (location !== null) return { back: new URL(location), verifier };
  const text = (await response?.text()) ?? '';
  const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  const back = new URL(/action="([^"]*)"/.exec(text)?.[1] ?? '');
  for (const name of ['code', 'state']) back.searchParams.set(name, field(name));
  return { back, verifier };
}

/** What came of it: an error's name, `in` for a session, `lost` for a page of ours. */
async function outcome({ visitor }: VendorsBench, response: Response, verifier = ''): Promise<string> {
  const { page, answer, text } = await visitor.finish(response, verifier);
  if (page === null) return `lost: ${/<small>(\w+)<\/small>/.exec(text)?.[1]}`;
  if (answer === null) return page.searchParams.get('error') ?? 'nothing';
  return answer.status === 200 ? 'in' : answer.body.errorCode;
}

function nobody({ bench }: VendorsBench): void {
  expect([usersOf(bench), accountsOf(bench)]).toEqual([[], []]);
}

describe.each(vendorNames)('%s: a state', (vendor) => {
  test('that is wrong, missing or not this browser’s is good for nothing', async () => {
    const at = await startVendorsBench();
    const { back } = await leave(at, vendor);
    for (const state of ['', 'A'.repeat(32), `${back.searchParams.get('state')?.slice(0, -1)}?`]) {
      const wrong = new URL(back);
      if (state === '') wrong.searchParams.delete('state');
      else wrong.searchParams.set('state', state);
      expect([state, await outcome(at, await at.visitor.step(new Request(wrong)))]).toEqual([state, 'lost: state_mismatch']);
    }
    at.visitor.forgetCookies();
    expect(await outcome(at, await at.visitor.step(new Request(back)))).toBe('lost: state_mismatch');
    nobody(at);
  });

  test('is good once, and the code with it', async () => {
    const at = await startVendorsBench();
    const { back } = await leave(at, vendor);
    await at.visitor.step(new Request(back));
    expect(await outcome(at, await at.visitor.step(new Request(back)))).toBe('lost: state_mismatch');

    // With a state of its own, too.
    const other = await leave(at, vendor);
    other.back.searchParams.set('code', back.searchParams.get('code') ?? '');
    expect(await outcome(at, await at.visitor.step(new Request(other.back)))).toBe('invalid_code');
  });

  test('is good for ten minutes', async () => {
    const at = await startVendorsBench();
    const { back } = await leave(at, vendor);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 + 1 });
    onTestFinished(() => void vi.useRealTimers());
    // Told by the page if it is known, and by us if not.
    expect(await outcome(at, await at.visitor.step(new Request(back)))).toMatch(/state_mismatch$/);
    nobody(at);
  });

  test('of another project is good for nothing', async () => {
    const at = await startVendorsBench();
    const other = new UsersBench('other');
    await openTo(other, at.vendors);
    const { back } = await leave({ ...at, bench: other, visitor: new Visitor(other, at.vendors) }, vendor);
    const here = new URL(back.href.replace('/p/other/', '/p/shop/'));
    expect(await outcome(at, await at.visitor.step(new Request(here)))).toBe('lost: state_mismatch');
    // Not even with the cookie of the other.
    const own = await leave(at, vendor);
    own.back.searchParams.set('state', back.searchParams.get('state') ?? '');
    expect(await outcome(at, await at.visitor.step(new Request(own.back)))).toBe('lost: state_mismatch');
    nobody(at);
  });

  test('of a visit to one vendor is not taken by another', async () => {
    const at = await startVendorsBench();
    const { back } = await leave(at, vendor);
    const asked = vi.spyOn(at.vendors, 'answer');
    onTestFinished(() => asked.mockRestore());
    for (const other of vendorNames.filter((name) => name !== vendor)) {
      const wrong = new URL(back.href.replace(`/callback/${vendor}`, `/callback/${other}`));
      expect(await outcome(at, await at.visitor.step(new Request(wrong)))).toBe('lost: state_mismatch');
    }
    // The code went nowhere.
    expect(asked).not.toHaveBeenCalled();
    nobody(at);
  });
});

/** Apple looks at the nonce instead; Facebook has neither. */
test.each(vendorNames.filter((name) => name !== 'facebook'))('%s: a code of another visit is no good in this one', async (vendor) => {
  const at = await startVendorsBench();
  const [victims, own] = [await leave(at, vendor), await leave(at, vendor)];
  own.back.searchParams.set('code', victims.back.searchParams.get('code') ?? '');
  expect(await outcome(at, await at.visitor.step(new Request(own.back)))).toBe(
    vendor === 'apple' ? 'unable_to_get_user_info' : 'invalid_code',
  );
  nobody(at);
});

test.each(['google', 'discord'])('%s: an answer that says it is another issuer’s is not taken', async (vendor) => {
  const at = await startVendorsBench();
  const { back } = await leave(at, vendor);
  back.searchParams.set('iss', 'https://evil.example');
  expect(await outcome(at, await at.visitor.step(new Request(back)))).toBe('issuer_mismatch');
  nobody(at);
});

function without({ header, claims }: IdToken, claim: string): IdToken {
  return { header, claims: Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim)) };
}

const otherTenant = '11111111-2222-3333-4444-555555555555';
const spoiled: readonly (readonly [name: string, change: (token: IdToken) => IdToken])[] = [
  ['for another app', (token) => ({ ...token, claims: { ...token.claims, aud: 'another-app' } })],
  ['of another issuer', (token) => ({ ...token, claims: { ...token.claims, iss: 'https://evil.example' } })],
  ['of another visit', (token) => ({ ...token, claims: { ...token.claims, nonce: 'another visit’s' } })],
  ['of no visit', (token) => without(token, 'nonce')],
  ['that has expired', (token) => ({ ...token, claims: { ...token.claims, exp: Math.floor(Date.now() / 1000) - 60 } })],
  ['that is not valid yet', (token) => ({ ...token, claims: { ...token.claims, nbf: Math.floor(Date.now() / 1000) + 600 } })],
  ['that is too old', (token) => ({ ...token, claims: { ...token.claims, iat: Math.floor(Date.now() / 1000) - 7200 } })],
  ['with a key nobody has published', ({ claims, header }) => ({ claims, header: { ...header, kid: 'unknown' } })],
  ['that names nobody', (token) => without(token, 'sub')],
];

describe.each(['google', 'apple', 'microsoft'] as const)('%s: an ID token', (vendor) => {
  test.each(spoiled)('%s is refused', async (_, change) => {
    const at = await startVendorsBench();
    at.vendors.idTokens(vendor).change = change;
    const { page, answer } = await at.visitor.signIn(vendor);
    expect([answer, page?.searchParams.get('error')]).toEqual([null, 'unable_to_get_user_info']);
    nobody(at);
  });

  test('with a signature that is not the vendor’s is refused', async () => {
    const at = await startVendorsBench();
    at.vendors.idTokens(vendor).isForged = true;
    expect((await at.visitor.signIn(vendor)).page?.searchParams.get('error')).toBe('unable_to_get_user_info');
    nobody(at);
  });

  test('is looked at as closely when a page brings it itself', async () => {
    const at = await startVendorsBench();
    const ids = at.vendors.idTokens(vendor);
    const iss = { google: 'https://accounts.google.com', apple: 'https://appleid.apple.com', microsoft: '' }[vendor];
    const [aud, tid] = [`shop-at-${vendor}`, otherTenant];
    const claims = { iss: iss || `https://login.microsoftonline.com/${tid}/v2.0`, aud, tid, oid: 'o', sub: 's', email: 'eve@example.com' };
    const show = async (token: string) => (await at.bench.post('/sign-in/social', { provider: vendor, idToken: { token } })).status;
    expect(await show(await ids.sign({ ...claims, aud: 'another-app' }))).toBe(401);
    expect(await show(await ids.sign({ ...claims, iss: 'https://evil.example' }))).toBe(401);
    ids.isForged = true;
    expect(await show(await ids.sign(claims))).toBe(401);
    nobody(at);
    ids.isForged = false;
    expect(await show(await ids.sign(claims))).toBe(200);
  });
});

test('Microsoft: an address that another tenant’s administrators have written leads to no account', async () => {
  const at = await startVendorsBench();
  const { id } = await at.bench.signUp('ada@example.com');
  at.bench.disk.rows('UPDATE auth_user SET emailVerified = 1');
  const ids = at.vendors.idTokens('microsoft');
  for (const lie of [{ email_verified: true }, { verified_primary_email: ['ada@example.com'] }, { xms_edov: false }]) {
    ids.change = ({ header, claims }) => ({ header, claims: { ...claims, xms_edov: undefined, ...lie } });
    expect((await at.visitor.signIn('microsoft')).page?.searchParams.get('error')).toBe('account_not_linked');
  }
  ids.change = (token) => token;
  expect((await at.visitor.signIn('microsoft')).answer?.body.user.id).toBe(id);
});

test('Facebook: a token that was made for another app says nothing here', async () => {
  const at = await startVendorsBench();
  at.vendors.register('facebook', { id: 'evil-app', secret: 'x', redirects: ['https://evil.example/'] });
  const query = new URLSearchParams({
    client_id: 'evil-app',
    redirect_uri: 'https://evil.example/',
    response_type: 'code',
    scope: 'email',
  });
  const visit = await at.vendors.answer(new Request(`https://www.facebook.com/v24.0/dialog/oauth?${query.toString()}`));
  const code = new URL(visit?.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const body = new URLSearchParams({
    client_id: 'evil-app',
    client_secret: 'x',
    grant_type: 'authorization_code',
    code,
    redirect_uri: 'https://evil.example/',
  });
  const answer = await at.vendors.answer(new Request('https://graph.facebook.com/v24.0/oauth/access_token', { method: 'POST', body }));
  const { access_token: token }: { access_token: string } = JSON.parse((await answer?.text()) ?? '');
  for (const idToken of [{ token: 'a.b.c', accessToken: token }, { token }, { token, accessToken: token }])
    expect((await at.bench.post('/sign-in/social', { provider: 'facebook', idToken })).status).toBe(401);
  nobody(at);
});

describe('nobody is led anywhere else', () => {
  test.each(['https://evil.example/', '//evil.example', 'javascript:alert(1)', 'http://localhost@evil.example/', ''])(
    'to %s',
    async (page) => {
      const { bench, visitor } = await startVendorsBench();
      const begun = await visitor.step(visitor.begin('google', { redirectTo: page }).request);
      expect([begun.status, begun.headers.get('x-betterbase-error')]).toEqual([400, 'auth/bad-redirect']);
      const handed = await visitor.step(new Request(`${bench.origin}/p/shop/auth/handover?${new URLSearchParams({ page }).toString()}`));
      expect([handed.status, handed.headers.get('location')]).toEqual([400, null]);
      if (page === '') return;
      for (const field of ['callbackURL', 'errorCallbackURL', 'newUserCallbackURL'])
        expect([field, (await bench.post('/sign-in/social', { provider: 'google', [field]: page })).status]).toEqual([field, 403]);
    },
  );

  test('by what an issuer says, nor told what it says', async () => {
    const at = await startVendorsBench();
    const { back } = await leave(at, 'google');
    back.searchParams.delete('code');
    back.searchParams.set('error', '<b>Call +1 555 0100</b>');
    back.searchParams.set('error_description', 'Send us your password at evil.example');
    const { page } = await at.visitor.finish(await at.visitor.step(new Request(back)), '');
    expect([page?.origin, page?.searchParams.get('error')]).toEqual(['http://127.0.0.1:5173', 'unknown']);
    expect(page?.href).not.toMatch(/555|password|evil/);
  });
});

describe('linking', () => {
  test('a link that somebody else began adds nothing to their account', async () => {
    const at = await startVendorsBench();
    const { bench, vendors } = at;
    const mallory = await bench.signUp('mallory@example.com');
    const { body } = await bench.post('/link-code', {}, { token: mallory.token });
    const lure = at.visitor.begin('google', { link: body.code });

    // Ada opens what Mallory sent her, and is signed in at the vendor.
    const victim = new Visitor(bench, vendors);
    const response = await victim.go(lure.request);

    // Her page has the code, and not Mallory's verifier.
    expect((await victim.finish(response, 'a verifier of Ada’s own', mallory.token)).answer?.status).toBe(400);
    expect(accountsOf(bench).map(({ providerId }) => providerId)).toEqual(['credential']);
  });

  test('a code to link with is good for the session that asked for it, and once', async () => {
    const at = await startVendorsBench();
    const { bench, visitor } = at;
    const mallory = await bench.signUp('mallory@example.com');
    const { body } = await bench.post('/link-code', {}, { token: mallory.token });
    expect((await bench.post('/exchange', { code: body.code, verifier: '' })).status).toBe(400);
    const { request } = visitor.begin('google', { link: body.code });
    expect((await visitor.step(request.clone())).status).toBe(302);
    expect((await visitor.step(request)).headers.get('x-betterbase-error')).toBe('auth/refused');
    expect((await bench.post('/link-code', {})).body.errorCode).toBe('auth/required');
  });

  test('comes to nothing without a session, or after it has ended, or with an account of somebody else', async () => {
    const at = await startVendorsBench();
    const { bench, visitor } = at;
    const taken = await visitor.signIn('google');
    const bob = await bench.signUp('bob@example.com');
    expect((await visitor.link('google', bob.token)).answer?.body.details).toEqual({ code: 'account_already_linked_to_different_user' });
    const { body } = await bench.post('/link-code', {}, { token: bob.token });
    expect((await visitor.signIn('github', { link: body.code })).answer?.body.errorCode).toBe('auth/required');
    const { body: second } = await bench.post('/link-code', {}, { token: bob.token });
    const { request, verifier } = visitor.begin('github', { link: second.code });
    const response = await visitor.go(request);
    await bench.post('/sign-out', {}, { token: bob.token });
    expect((await visitor.finish(response, verifier, taken.answer?.body.token)).answer?.body.details).toEqual({
      code: 'unable_to_link_account',
    });
    expect(
      accountsOf(bench)
        .map(({ providerId }) => providerId)
        .toSorted(),
    ).toEqual(['credential', 'google']);
  });
});

test('who may not come does not come in through a vendor', async () => {
  const at = await startVendorsBench();
  const { bench, vendors, visitor } = at;
  await bench.set({ allowed_email_domains: ['company.example'] });
  expect((await visitor.signIn('google')).page?.searchParams.get('error')).toBe('email_domain_not_allowed');
  // Nor by an address that nobody has confirmed, or none at all.
  for (const email of ['ceo@company.example', null]) {
    vendors.visitor = { ...alan, email };
    for (const vendor of vendorNames)
      if (vendor !== 'twitter')
        expect([vendor, (await visitor.signIn(vendor)).page?.searchParams.get('error')]).toEqual([vendor, 'email_domain_not_allowed']);
  }
  expect((await visitor.signIn('twitter')).page?.searchParams.get('error')).toBe('email_domain_not_allowed');
  const chosen = { name: '', email: 'eve@shop.anonymous.invalid', password: 'correct horse battery' };
  expect((await bench.post('/sign-up/email', chosen)).body.code).toBe('EMAIL_DOMAIN_NOT_ALLOWED');
  nobody(at);
  vendors.visitor = { ...ada, email: 'ada@company.example' };
  const { body } = (await visitor.signIn('google')).answer ?? {};
  await bench.set({ allowed_email_domains: [] });
  bench.users.directory.change(body.user.id, { banned: true });
  expect((await visitor.signIn('google')).page?.searchParams.get('error')).toBe('banned_user');
});

test('two tabs do not get in each other’s way', async () => {
  const at = await startVendorsBench();
  const [one, other] = [await leave(at, 'google'), await leave(at, 'google')];
  expect(await outcome(at, await at.visitor.step(new Request(one.back)), one.verifier)).toBe('in');
  expect(await outcome(at, await at.visitor.step(new Request(other.back)), other.verifier)).toBe('in');
});
