/** What admins show besides their passwords, and what they do when they have forgotten those. */
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { base32 } from '@better-auth/utils/base32';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { appCode } from './test/app-codes.ts';
import { type Answer, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { askAs, inviteAs, owner, setUpOwner, tokenOf } from './test/people.ts';
import { testApp } from './test/test-app.ts';

let platform: LocalPlatform;
let relay: Server;
let olga: string;
/** What mailing takes, ms. */
const slow = 150;
const mails: { readonly to: string; readonly text: string }[] = [];

beforeAll(async () => {
  relay = createServer((request, response) => {
    void text(request).then((body) => {
      mails.push(JSON.parse(body));
      setTimeout(() => response.writeHead(200).end(), slow);
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  platform = await startLocalPlatform({
    host: 'loader',
    vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' },
  });
  await platform.deploy('app', testApp);
  olga = await setUpOwner(platform);
  const address = relay.address();
  const relay_url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/send`;
  await platform.admin('PUT', '/email', { provider: 'relay', from: 'bb@example.com', relay_url });
});
afterAll(async () => {
  await platform.stop();
  relay.close();
});
let from = 0;
// What was tried in one test is not waited for in the next.
beforeEach(async () => {
  from += 1;
  await platform.rows('DB', 'DELETE FROM attempts');
});

const as = (token: string | null, method: string, path: string, body?: unknown): Promise<Answer> =>
  askAs(platform, token, method, path, body, `203.0.113.${from}`);
const { password } = owner;
const login = (email: string, more: object = {}) => as(null, 'POST', '/admin/auth/login', { email, password, ...more });
const refused = (status: number, code: string) => ({ status, body: { code } });
const person = (email: string, role = 'developer') => inviteAs(platform, olga, { email, role });

interface Enrolled {
  readonly token: string;
  readonly secret: string;
  readonly codes: readonly string[];
}

/** With the code before the one that is shown now, so that this one is still good. */
async function enrol(token: string): Promise<Enrolled> {
  const { secret } = (await as(token, 'POST', '/admin/auth/second-factor', { password })).body;
  const confirmed = await as(token, 'POST', '/admin/auth/second-factor/confirm', { code: await appCode(secret, -1) });
  expect(confirmed).toMatchObject({ status: 200, body: { backup_codes: expect.any(Array) } });
  return { token, secret, codes: confirmed.body.backup_codes };
}

describe('a second factor', () => {
  test('counts from its first code on, and then both are asked for', async () => {
    const ann = await person('ann@example.com');
    const before = (await login('ann@example.com')).body.token;
    expect(await as(ann, 'POST', '/admin/auth/second-factor', { password: 'wrong' })).toMatchObject(refused(401, 'auth/bad-credentials'));
    expect(await as(ann, 'POST', '/admin/auth/second-factor/confirm', { code: '123456' })).toMatchObject(
      refused(409, 'admin/second-factor'),
    );
    const { uri, secret } = (await as(ann, 'POST', '/admin/auth/second-factor', { password })).body;
    expect(uri).toMatch(/^otpauth:\/\/totp\/BetterBase:ann%40example\.com\?secret=[A-Z2-7]+&issuer=BetterBase/);
    expect((await as(ann, 'POST', '/admin/auth/second-factor/confirm', { code: '12345' })).body.code).toBe('auth/bad-code');
    expect((await login('ann@example.com')).status).toBe(200);

    const code = await appCode(secret);
    const { backup_codes } = (await as(ann, 'POST', '/admin/auth/second-factor/confirm', { code })).body;
    expect(new Set(backup_codes).size).toBe(10);
    expect((await as(before, 'GET', '/admin/auth/me')).status).toBe(401);
    expect((await as(ann, 'GET', '/admin/auth/me')).body).toMatchObject({ second_factor: true, must_enrol: false });
    expect(await login('ann@example.com')).toMatchObject(refused(401, 'auth/code-required'));
    expect(await login('ann@example.com', { code })).toMatchObject(refused(401, 'auth/bad-code'));
    expect(await login('ann@example.com', { code: await appCode(secret, -1) })).toMatchObject(refused(401, 'auth/bad-code'));
    expect((await login('ann@example.com', { code: await appCode(secret, 1) })).status).toBe(200);
    expect(await as(ann, 'POST', '/admin/auth/second-factor', { password })).toMatchObject(refused(409, 'admin/second-factor'));
    expect(
      (await platform.admin('GET', '/users')).body.users.find(({ email }: { email: string }) => email === 'ann@example.com'),
    ).toMatchObject({ second_factor: true });
  });

  test('a code is good once, also for two who show it at once, and for nobody else', async () => {
    const ben = await enrol(await person('ben@example.com'));
    const eve = await enrol(await person('eve@example.com'));
    const code = await appCode(ben.secret);
    expect(await login('eve@example.com', { code })).toMatchObject(refused(401, 'auth/bad-code'));
    expect(await login('eve@example.com', { code: ben.codes[0] })).toMatchObject(refused(401, 'auth/bad-code'));
    const both = await Promise.all([login('ben@example.com', { code }), login('ben@example.com', { code })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    const [backup = ''] = ben.codes;
    const twice = await Promise.all(
      [backup, backup.toUpperCase().replaceAll('-', ' ')].map((each) => login('ben@example.com', { code: each })),
    );
    expect(twice.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await as(ben.token, 'GET', '/admin/auth/second-factor')).body).toEqual({
      enabled: true,
      required: false,
      backup_codes_left: 9,
    });
    expect((await as(eve.token, 'GET', '/admin/auth/second-factor')).body.backup_codes_left).toBe(10);
  });

  test('a code that is over opens nothing', async () => {
    const old = await enrol(await person('old@example.com'));
    await platform.rows('DB', 'UPDATE admin_second_factors SET taken_step = 0');
    for (const periods of [-3, 3])
      expect(await login('old@example.com', { code: await appCode(old.secret, periods) })).toMatchObject({
        body: { code: expect.stringMatching(/bad-code|too-many/) },
      });
    await platform.rows('DB', 'DELETE FROM attempts');
    expect((await login('old@example.com', { code: await appCode(old.secret) })).status).toBe(200);
  });

  test('whoever guesses codes waits, also whoever knows the password, and the right code does not help then', async () => {
    const guessed = await enrol(await person('guessed@example.com'));
    for (const code of ['000000', '111111', 'aaaa-bbbb'])
      expect((await login('guessed@example.com', { code })).body.code).toBe('auth/bad-code');
    const waiting = await login('guessed@example.com', { code: await appCode(guessed.secret) });
    expect(waiting).toMatchObject({ status: 429, body: { code: 'auth/too-many-attempts', details: { retryAfter: 60 } } });
    expect((await as(guessed.token, 'GET', '/admin/auth/me')).status).toBe(200);
  });

  test('is taken away with the password and a code, by nobody with less', async () => {
    const dan = await enrol(await person('dan@example.com'));
    const off = (body: object) => as(dan.token, 'DELETE', '/admin/auth/second-factor', body);
    const [code, wrong] = [await appCode(dan.secret), { password: 'wrong' }];
    expect((await off({ password })).status).toBe(400);
    expect(await off({ ...wrong, code })).toMatchObject(refused(401, 'auth/bad-credentials'));
    expect(await off({ password, code: '000000' })).toMatchObject(refused(401, 'auth/bad-code'));
    const fresh = (await as(dan.token, 'POST', '/admin/auth/second-factor/codes', { password, code })).body.backup_codes;
    expect(await off({ password, code: dan.codes[0] })).toMatchObject(refused(401, 'auth/bad-code'));
    expect((await off({ password, code: fresh[0] })).status).toBe(200);
    expect((await login('dan@example.com')).status).toBe(200);
    expect(await off({ password, code: fresh[1] })).toMatchObject(refused(409, 'admin/second-factor'));
  });

  test('that is lost is taken away by somebody who may do as much, and sessions end', async () => {
    const lost = await enrol(await person('lost@example.com', 'admin'));
    const { admin } = (await as(lost.token, 'GET', '/admin/auth/me')).body;
    const path = `/admin/users/${admin.id}/second-factor`;
    expect(await as(await person('small@example.com'), 'DELETE', path)).toMatchObject(refused(403, 'auth/forbidden'));
    const team = (await platform.admin('POST', '/api-keys', { name: 'team', role: 'admin', scopes: ['team_edit'] })).body.key;
    expect(await as(team, 'DELETE', path)).toMatchObject(refused(403, 'auth/forbidden'));
    expect((await as(olga, 'DELETE', path)).status).toBe(200);
    expect(await as(olga, 'DELETE', path)).toMatchObject(refused(409, 'admin/second-factor'));
    expect((await as(lost.token, 'GET', '/admin/auth/me')).status).toBe(401);
    expect((await login('lost@example.com')).status).toBe(200);
  });

  test('of the database alone nobody makes codes', async () => {
    const kim = await enrol(await person('kim@example.com'));
    const tables = ['admin_second_factors', 'admin_backup_codes', 'audit_log'].map((name) => platform.rows('DB', `SELECT * FROM ${name}`));
    const kept = JSON.stringify(await Promise.all(tables));
    const raw = new TextDecoder().decode(base32.decode(kim.secret));
    const found = [kim.secret, raw, ...kim.codes, ...kim.codes.map((code) => code.replaceAll('-', ''))].filter((each) =>
      kept.includes(each),
    );
    expect(found).toEqual([]);
    // One who writes to it cannot put their own in the place of another's either.
    const eve = await enrol(await person('eve2@example.com'));
    const idOf = async (token: string) => (await as(token, 'GET', '/admin/auth/me')).body.admin.id;
    const [victim, thief] = [await idOf(kim.token), await idOf(eve.token)];
    await platform.rows(
      'DB',
      `UPDATE admin_second_factors SET taken_step = 0, sealed = (SELECT sealed FROM admin_second_factors WHERE admin_id = '${thief}') WHERE admin_id = '${victim}'`,
    );
    expect((await login('kim@example.com', { code: await appCode(eve.secret) })).body.code).toBe('environment/unreadable');
    expect((await login('kim@example.com', { code: kim.codes[0] })).status).toBe(200);
  });
});

describe('where everybody must have one', () => {
  test('who has none may do nothing but set one up, at every door, and then all that they may', async () => {
    const without = await person('without@example.com');
    const secret = (token: string) =>
      platform.post('/p/app/api/query', { path: 'items:secret', args: {} }, { authorization: `Bearer ${token}` });
    expect([(await as(without, 'GET', '/admin/projects')).status, (await secret(without)).status]).toEqual([200, 200]);
    const key = (await as(olga, 'POST', '/admin/api-keys', { name: 'machine', role: 'viewer' })).body.key;
    await platform.admin('PATCH', '/instance', { require_second_factor: true });
    try {
      expect(await as(without, 'GET', '/admin/projects')).toMatchObject(refused(403, 'auth/second-factor-required'));
      expect((await secret(without)).status).toBe(403);
      expect(await as(olga, 'PATCH', '/admin/instance', { require_second_factor: false })).toMatchObject(
        refused(403, 'auth/second-factor-required'),
      );
      expect((await as(key, 'GET', '/admin/projects')).status).toBe(200);
      expect((await as(without, 'GET', '/admin/whoami')).body.principal).toMatchObject({ grants: [], must_enrol: true });
      const again = (await login('without@example.com')).body.token;
      expect((await as(again, 'GET', '/admin/auth/me')).body).toMatchObject({ second_factor: false, must_enrol: true });
      await enrol(again);
      expect([(await as(again, 'GET', '/admin/projects')).status, (await secret(again)).status]).toEqual([200, 200]);
    } finally {
      await platform.admin('PATCH', '/instance', { require_second_factor: false });
    }
    expect((await as(olga, 'GET', '/admin/projects')).status).toBe(200);
  });
});

describe('a forgotten password', () => {
  const ask = (email: string) => as(null, 'POST', '/admin/auth/reset/request', { email });
  const reset = (token: string, chosen = 'a better horse battery') => as(null, 'POST', '/admin/auth/reset', { token, password: chosen });
  const mailed = async (to: string): Promise<string> => {
    const count = mails.length;
    await ask(to);
    await expect.poll(() => mails.length).toBe(count + 1);
    const mail = mails.at(-1);
    expect(mail?.to).toBe(to);
    return tokenOf(/http\S+/.exec(mail?.text ?? '')?.[0] ?? '');
  };

  test('is replaced once, by whoever reads the mail; sessions, and programs that were just let in, end', async () => {
    const pat = await person('pat@example.com');
    const { device_code } = (await as(null, 'POST', '/device/code', {})).body;
    const { admin } = (await as(pat, 'GET', '/admin/auth/me')).body;
    await platform.rows('DB', `UPDATE device_codes SET state = 'approved', admin_id = '${admin.id}'`);
    const [first, token] = [await mailed('pat@example.com'), await mailed('pat@example.com')];
    expect(JSON.stringify(await platform.rows('DB', 'SELECT * FROM admin_passes'))).not.toContain(token);
    expect(await reset(first)).toMatchObject(refused(410, 'admin/reset-over'));
    expect((await reset(token, 'short')).status).toBe(400);
    const both = await Promise.all([reset(token), reset(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect((await as(pat, 'GET', '/admin/auth/me')).status).toBe(401);
    expect((await as(null, 'POST', '/device/token', { device_code })).body).toEqual({ error: 'invalid_device_code' });
    expect((await login('pat@example.com')).status).toBe(401);
    expect((await login('pat@example.com', { password: 'a better horse battery' })).status).toBe(200);
  });

  test('with a second factor, codes are asked for as before', async () => {
    const sue = await enrol(await person('sue@example.com'));
    await reset(await mailed('sue@example.com'), 'a new one of hers');
    expect(await login('sue@example.com', { password: 'a new one of hers' })).toMatchObject(refused(401, 'auth/code-required'));
    expect((await login('sue@example.com', { password: 'a new one of hers', code: sue.codes[0] })).status).toBe(200);
  });

  test('who asks is not told whether there is such an admin, in words or in time', async () => {
    await person('real@example.com');
    const times: Record<string, number[]> = { 'real@example.com': [], 'nobody@example.com': [] };
    const answers: Record<string, unknown[]> = { 'real@example.com': [], 'nobody@example.com': [] };
    for (let round = 0; round < 5; round++)
      for (const email of Object.keys(times)) {
        await platform.rows('DB', 'DELETE FROM attempts');
        const began = performance.now();
        answers[email]?.push(await ask(email));
        times[email]?.push(performance.now() - began);
      }
    expect(answers['nobody@example.com']).toEqual(answers['real@example.com']);
    expect(answers['nobody@example.com']?.[0]).toEqual({ status: 200, body: { success: true } });
    const median = (of: string): number => times[of]?.toSorted((a, b) => a - b)[2] ?? 0;
    expect(Math.abs(median('real@example.com') - median('nobody@example.com'))).toBeLessThan(slow / 2);
    await expect.poll(() => mails.filter(({ to, text }) => to === 'real@example.com' && text.includes('/reset?')).length).toBe(5);
    expect(mails.map(({ to }) => to)).not.toContain('nobody@example.com');
  });

  test('links that are wrong or over set nothing, and nobody floods a mailbox', async () => {
    await person('slow@example.com');
    const token = await mailed('slow@example.com');
    expect(await reset(`${token.slice(0, -1)}x`)).toMatchObject(refused(410, 'admin/reset-over'));
    await platform.rows('DB', 'UPDATE admin_passes SET expires_at = 1');
    expect(await reset(token)).toMatchObject(refused(410, 'admin/reset-over'));
    expect((await login('slow@example.com')).status).toBe(200);
    for (const email of ['flooded@example.com', 'slow@example.com'])
      expect((await Promise.all(Array.from({ length: 6 }, () => ask(email)))).some(({ status }) => status === 429)).toBe(true);
  });

  test('is replaced by a link of somebody who may do as much, too', async () => {
    const high = await person('high@example.com', 'admin');
    const { admin } = (await as(high, 'GET', '/admin/auth/me')).body;
    const team = (await platform.admin('POST', '/api-keys', { name: 'team', role: 'admin', scopes: ['team_edit'] })).body.key;
    expect(await as(team, 'POST', `/admin/users/${admin.id}/reset`)).toMatchObject(refused(403, 'auth/forbidden'));
    expect(await as(olga, 'POST', '/admin/users/none/reset')).toMatchObject(refused(404, 'admin/not-found'));
    const made = await platform.admin('POST', `/users/${admin.id}/reset`);
    expect(made).toMatchObject({ status: 201, body: { link: expect.stringMatching(/\/reset\?token=bb_reset_[0-9a-f]{64}$/) } });
    expect((await reset(tokenOf(made.body.link))).status).toBe(200);
    expect((await as(high, 'GET', '/admin/auth/me')).status).toBe(401);
  });

  test('all of it is in the audit log, without what opens anything', async () => {
    const { logs } = (await platform.admin('GET', '/audit?limit=200')).body;
    const told = new Set(logs.map(({ action }: { action: string }) => action));
    for (const action of [
      'admin.forgot',
      'admin.reset',
      'admin.reset_link',
      'second_factor.enable',
      'second_factor.disable',
      'second_factor.codes',
      'second_factor.remove',
    ])
      expect(told).toContain(action);
    expect(logs.find(({ after_data }: { after_data: object | null }) => JSON.stringify(after_data).includes('backup code'))).toMatchObject({
      action: 'admin.login',
    });
    expect(JSON.stringify(logs)).not.toMatch(/bb_(?:reset|sign_in|session)_|horse battery/);
  });
});
