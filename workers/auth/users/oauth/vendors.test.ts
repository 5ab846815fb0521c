/** Signing in with each vendor, whole, against stand-ins that speak as the vendors do. */
import { vendorNames } from '@betterbase/stand-ins/sign-in';
import { describe, expect, test } from 'vitest';
import { accountsOf, ada, alan, mary, newcomer, startVendorsBench, usersOf } from '../../test/vendors-bench.ts';

/** Who say that an address is their user's own. */
const tellsOwner = vendorNames.filter((name) => name !== 'facebook');

describe.each(vendorNames)('%s', (vendor) => {
  test('lets somebody in who has never been here, by name, address and picture', async () => {
    const { bench, visitor } = await startVendorsBench();

    const { page, answer } = await visitor.signIn(vendor);

    expect([page?.href, answer?.status]).toEqual(['http://127.0.0.1:5173/welcome?tab=1', 200]);
    expect(answer?.body).toMatchObject({ token: expect.any(String), accessToken: expect.any(String) });
    const [user] = usersOf(bench);
    expect(user).toMatchObject({ name: ada.name, email: ada.email, emailVerified: vendor === 'facebook' ? 0 : 1 });
    const pictures: Partial<Record<typeof vendor, unknown>> = {
      apple: null,
      discord: expect.stringMatching(/^https:\/\/cdn\.discordapp\.com\/avatars\/80351110224678912\/a_\w+\.gif$/),
      microsoft: expect.stringMatching(/^data:image\/jpeg;base64,\/9j/),
    };
    expect(user?.['image'] ?? null).toEqual(vendor in pictures ? pictures[vendor] : ada.picture);
  });

  test('lets the same person in again, as the same user', async () => {
    const { bench, visitor } = await startVendorsBench();
    const first = await visitor.signIn(vendor);

    const again = await visitor.signIn(vendor);

    expect(again.answer?.body.user.id).toBe(first.answer?.body.user.id);
    expect([usersOf(bench).length, accountsOf(bench).length]).toEqual([1, 1]);
    expect(usersOf(bench)[0]?.['name']).toBe(ada.name);
  });

  test('lets somebody in who has told no address, and writes them no mail', async () => {
    const { bench, vendors, visitor } = await startVendorsBench();
    await bench.set({ require_email_verification: true });
    vendors.visitor = mary;

    const { answer } = await visitor.signIn(vendor);

    expect(answer?.status).toBe(200);
    expect(usersOf(bench)[0]).toMatchObject({
      name: mary.name,
      email: expect.stringMatching(new RegExp(`^[0-9a-f-]{36}@shop\\.${vendor}\\.invalid$`)),
      emailVerified: 0,
    });
    await bench.sent();
    expect(bench.messages).toEqual([]);
  });

  test('leads to nobody else’s account by an address that is not known to be theirs', async () => {
    const { bench, vendors, visitor } = await startVendorsBench();
    const owner = newcomer(bench, 'alan@example.com');
    vendors.visitor = alan;

    const { page, answer } = await visitor.signIn(vendor);

    if (vendor === 'twitter') {
      // It does not tell such an address at all.
      expect(answer?.body.user.id).not.toBe(owner);
      return;
    }
    expect([answer, page?.searchParams.get('error')]).toEqual([null, 'account_not_linked']);
    expect(page?.searchParams.get('error_description')).toMatch(/Sign in to it as before, then link/);
    expect(accountsOf(bench)).toEqual([]);
  });

  test('is told no, and the page that began it says so', async () => {
    const { bench, vendors, visitor } = await startVendorsBench();
    vendors.visitor = 'nobody';

    const { page, answer } = await visitor.signIn(vendor);

    expect([answer, page?.searchParams.get('error'), page?.searchParams.get('tab')]).toEqual([null, 'access_denied', '1']);
    expect(page?.searchParams.get('error_description')).toMatch(/Nothing has changed/);
    expect(usersOf(bench)).toEqual([]);
  });

  test('is added to the account of whoever is signed in, and taken off again, but not the last way in', async () => {
    const { bench, vendors, visitor } = await startVendorsBench();
    const other = vendor === 'google' ? 'github' : 'google';
    const { user, token } = (await visitor.signIn(other)).answer?.body ?? {};
    vendors.visitor = alan;

    const { answer } = await visitor.link(vendor, token);

    expect(answer).toMatchObject({ status: 200, body: { linked: true, user: { id: user.id, email: 'ada@example.com', name: ada.name } } });
    expect((await visitor.signIn(vendor)).answer?.body.user.id).toBe(user.id);
    const { body: accounts } = await bench.get('/list-accounts', { token });
    const idOf = (name: string): string => accounts.find(({ providerId }: { readonly providerId: string }) => providerId === name).id;
    expect(Object.keys(accounts[0]).filter((name) => /token/i.test(name))).toEqual([]);
    expect((await bench.post('/unlink-account', { accountId: idOf(vendor) }, { token })).status).toBe(200);
    const last = await bench.post('/unlink-account', { accountId: idOf(other) }, { token });
    expect([last.status, last.body.errorCode, last.body.code]).toEqual([400, 'auth/refused', 'FAILED_TO_UNLINK_LAST_ACCOUNT']);
  });
});

test.each(tellsOwner)('%s leads to the account that has the address, where both have confirmed it', async (vendor) => {
  const { bench, visitor } = await startVendorsBench();
  const owner = newcomer(bench, 'ada@example.com', false);
  const before = await visitor.signIn(vendor);
  expect([before.answer, before.page?.searchParams.get('error')]).toEqual([null, 'account_not_linked']);
  bench.disk.rows('UPDATE auth_user SET emailVerified = 1');

  const { answer } = await visitor.signIn(vendor);

  expect(answer?.body.user.id).toBe(owner);
});
