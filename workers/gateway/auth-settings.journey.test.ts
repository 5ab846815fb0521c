/** Every setting of a project's users, by its effect on people who sign in over HTTP. */
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { type AuthSettings, defaultAuthSettings } from '@betterbase/protocol/auth';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { identityApp } from './test/identity-app.ts';
import { type Answer, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { startTwilio, type Twilio } from './test/twilio.ts';

const password = 'correct horse battery';
let platform: LocalPlatform;
let twilio: Twilio;
let relay: Server;
const mails: { readonly to: string; readonly text: string }[] = [];

beforeAll(async () => {
  twilio = await startTwilio();
  relay = createServer((request, response) => {
    void text(request).then((body) => {
      mails.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const address = relay.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  platform = await startLocalPlatform({
    host: 'loader',
    vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef', RATE_LIMITS: '{"sign-in":0}' },
  });
  await platform.deploy('app', identityApp([]));
  const credentials = issuers.flatMap((name) => [
    [`${name.toUpperCase()}_CLIENT_ID`, `${name}-id`],
    [`${name.toUpperCase()}_CLIENT_SECRET`, 'secret'],
  ]);
  const set = { ...Object.fromEntries(credentials), SMTP_RELAY_URL: `http://127.0.0.1:${port}/`, TWILIO_API_URL: twilio.url };
  expect((await platform.admin('PATCH', '/projects/app/environment', { set })).status).toBe(200);
});
afterAll(async () => {
  await platform.stop();
  await twilio.stop();
  relay.close();
});

const issuers = ['google', 'github', 'discord', 'apple', 'microsoft', 'twitter', 'facebook'] as const;

/** All others are what they are at first. */
async function settings(change: Partial<AuthSettings>): Promise<void> {
  const { status, body } = await platform.admin('PATCH', '/projects/app/auth/settings', { ...defaultAuthSettings, ...change });
  expect([status, body.error]).toEqual([200, undefined]);
}

let people = 0;
const someone = (domain = 'example.com'): string => `someone-${(people += 1)}@${domain}`;
const post = (path: string, body: object, token?: string): Promise<Answer> =>
  platform.post(`/p/app/auth${path}`, body, token === undefined ? {} : { authorization: `Bearer ${token}` });
const signUp = (email: string, shown = password): Promise<Answer> => post('/signup', { email, password: shown });
const signIn = (email: string): Promise<Answer> => post('/login', { email, password });
const sessionOf = async (token: string): Promise<{ readonly session: Readonly<Record<string, string>> } | null> =>
  await (await platform.request('/p/app/auth/get-session', { headers: { authorization: `Bearer ${token}` } })).json();
const mailTo = (email: string): Promise<string> =>
  vi.waitFor(() => mails.findLast(({ to }) => to === email)?.text ?? expect.fail(`Nothing for ${email}.`));
const logs = async (): Promise<string> => JSON.stringify((await platform.admin('GET', '/projects/app/logs')).body);

/** What shows, of people who sign in over HTTP, that a setting is as it is. */
const effects: Readonly<Record<string, () => Promise<void>>> = {
  async email_password_enabled() {
    await settings({ email_password_enabled: false });
    expect((await signUp(someone())).body.code).toBe('EMAIL_PASSWORD_SIGN_UP_DISABLED');
    await settings({ email_password_enabled: true });
    expect((await signUp(someone())).status).toBe(200);
  },
  async magic_link_enabled() {
    const email = someone();
    await settings({ magic_link_enabled: false });
    expect((await post('/magic-link/send', { email })).status).toBe(404);
    await settings({ magic_link_enabled: true });
    expect((await post('/magic-link/send', { email, callbackURL: 'http://localhost:5173/' })).status).toBe(200);
    const token = /token=(\w+)/.exec(await mailTo(email))?.[1] ?? '';
    expect(await (await platform.request(`/p/app/auth/magic-link/verify?token=${token}`)).json()).toMatchObject({ user: { email } });
  },
  async otp_enabled() {
    const email = someone();
    await settings({ otp_enabled: false });
    expect((await post('/otp/send', { email })).status).toBe(404);
    await settings({ otp_enabled: true });
    expect((await post('/otp/send', { email })).status).toBe(200);
    const code = /\b\d{6}\b/.exec(await mailTo(email))?.[0] ?? '';
    expect((await post('/otp/verify', { email, code })).body).toMatchObject({ user: { email }, accessToken: expect.any(String) });
  },
  async phone_enabled() {
    await settings({ phone_enabled: false });
    expect((await post('/phone/send', { phone: '+15550100200' })).status).toBe(404);
    await settings({ phone_enabled: true, ...ofTwilio() });
    const sent = twilio.sent.length;
    expect((await post('/phone/send', { phone: '+15550100200' })).status).toBe(200);
    await vi.waitFor(() => expect(twilio.sent).toHaveLength(sent + 1));
    expect(twilio.sent.at(-1)).toMatchObject({ To: '+15550100200', From: '+15550100199' });
    const code = /\b\d{6}\b/.exec(twilio.sent.at(-1)?.Body ?? '')?.[0] ?? '';
    expect((await post('/phone/verify', { phone: '+15550100200', code })).body).toMatchObject({ user: { phoneNumber: '+15550100200' } });
  },
  async password_min_length() {
    await settings({ password_min_length: 12 });
    expect((await signUp(someone(), 'eleven char')).body.code).toBe('PASSWORD_TOO_SHORT');
    await settings({ password_min_length: 11 });
    expect((await signUp(someone(), 'eleven char')).status).toBe(200);
  },
  async require_email_verification() {
    const email = someone();
    await settings({ require_email_verification: true });
    const up = await signUp(email);
    expect([up.status, up.body.token, up.body.accessToken]).toEqual([200, null, undefined]);
    const link = /http\S+/.exec(await mailTo(email))?.[0] ?? '';
    expect((await signIn(email)).body.code).toBe('EMAIL_NOT_VERIFIED');
    await fetch(link, { method: 'POST', redirect: 'manual' });
    expect((await signIn(email)).body).toMatchObject({ user: { email, emailVerified: true } });
    await settings({ require_email_verification: false });
    expect((await signUp(someone())).body.token).toEqual(expect.any(String));
  },
  async session_expiry_seconds() {
    await settings({ session_expiry_seconds: 600 });
    expect(await lifeOf((await signUp(someone())).body.token)).toBe(600);
  },
  async refresh_token_expiry_seconds() {
    await settings({ session_expiry_seconds: 6_000, refresh_token_expiry_seconds: 700 });
    expect(await lifeOf((await signUp(someone())).body.token)).toBe(700);
  },
  async max_sessions_per_user() {
    await settings({ max_sessions_per_user: 1 });
    const email = someone();
    const first = (await signUp(email)).body;
    const second = (await signIn(email)).body;
    expect([await sessionOf(first.token), (await sessionOf(second.token)) !== null]).toEqual([null, true]);
    const { body } = await platform.post(
      '/p/app/api/query',
      { path: 'users:me', args: {} },
      { authorization: `Bearer ${first.accessToken}` },
    );
    expect(body.errorCode).toBe('auth/session-ended');
  },
  async allowed_email_domains() {
    await settings({ allowed_email_domains: ['allowed.example'] });
    const codes = await Promise.all(
      ['allowed.example', 'eu.allowed.example', 'notallowed.example'].map(async (domain) => (await signUp(someone(domain))).body.code),
    );
    expect(codes).toEqual([undefined, undefined, 'EMAIL_DOMAIN_NOT_ALLOWED']);
  },
  async blocked_email_domains() {
    await settings({ blocked_email_domains: ['blocked.example'] });
    const codes = await Promise.all(
      ['blocked.example', 'eu.blocked.example', 'example.com'].map(async (domain) => (await signUp(someone(domain))).body.code),
    );
    expect(codes).toEqual(['EMAIL_DOMAIN_NOT_ALLOWED', 'EMAIL_DOMAIN_NOT_ALLOWED', undefined]);
  },
  ...Object.fromEntries(
    issuers.map((name): [string, () => Promise<void>] => [
      `provider_${name}`,
      async () => {
        await settings({});
        expect((await visit(name)).status).toBe(404);
        await settings({ [`provider_${name}`]: true });
        const { status, location } = await visit(name);
        const url = new URL(location);
        expect([status, url.protocol, url.searchParams.get('client_id'), url.searchParams.get('redirect_uri')]).toEqual([
          302,
          'https:',
          `${name}-id`,
          `${platform.url}/p/app/auth/callback/${name}`,
        ]);
      },
    ]),
  ),
  async twilio_account_sid() {
    expect(await textRefused({ twilio_account_sid: 'AC-of-another' })).toContain('answers 401 to a message: Authenticate (code 20003)');
  },
  async twilio_auth_token() {
    const told = await textRefused({ twilio_auth_token: 'a token of yesterday' });
    expect(told).toContain('answers 401 to a message: Authenticate (code 20003)');
    expect(told).not.toContain('a token of yesterday');
  },
  async twilio_phone_number() {
    await settings({ phone_enabled: true, ...ofTwilio(), twilio_phone_number: '+15550100177' });
    await post('/phone/send', { phone: '+15550100201' });
    await vi.waitFor(() => expect(twilio.sent.at(-1)).toMatchObject({ From: '+15550100177', To: '+15550100201' }));
  },
};

const ofTwilio = () => ({ twilio_account_sid: twilio.sid, twilio_auth_token: twilio.token, twilio_phone_number: '+15550100199' });

async function lifeOf(token: string): Promise<number> {
  const session = (await sessionOf(token))?.session ?? {};
  return Math.round((Date.parse(session['expiresAt'] ?? '') - Date.parse(session['createdAt'] ?? '')) / 1000);
}

async function visit(name: string): Promise<{ readonly status: number; readonly location: string }> {
  const query = `redirectTo=http://localhost:5173/&code_challenge=${'A'.repeat(43)}`;
  const response = await platform.request(`/p/app/auth/authorize/${name}?${query}`, { redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location') ?? '' };
}

let numbers = 300;
/** A message that Twilio does not take: whoever asked is answered as ever, and the project's logs say why. */
async function textRefused(change: Partial<AuthSettings>, phone = `+15550100${(numbers += 1)}`): Promise<string> {
  await settings({ phone_enabled: true, ...ofTwilio(), ...change });
  const before = (await logs()).length;
  const { status, body } = await post('/phone/send', { phone });
  expect([status, body]).toEqual([200, { message: 'code sent' }]);
  const told = await vi.waitFor(async () => {
    const now = await logs();
    expect(now.slice(before - 1)).toContain('auth/message-lost');
    return now.slice(before - 1);
  });
  expect(told).not.toContain(phone);
  return told;
}

test('there is an effect for every one of the settings that a project can have from the beginning', () => {
  const later: readonly string[] = [
    'anonymous_enabled',
    'anonymous_merge',
    'passkey_enabled',
    'passkey_rp_id',
    'allowed_origins',
    'oidc_providers',
    'templates',
  ];
  const known = Object.keys(defaultAuthSettings).filter((name) => !later.includes(name) && !name.startsWith('passkey_'));
  expect(Object.keys(effects).toSorted()).toEqual(known.toSorted());
  expect(known).toHaveLength(21);
});

test.each(Object.keys(effects))('%s', async (name) => {
  await effects[name]?.();
});

test('what Twilio refuses, has too much of, or cannot be asked, is in the project’s logs', async () => {
  const told = await textRefused({}, '+15550001234');
  expect(told).toContain("answers 400 to a message: The 'To' number *** is not a valid phone number. (code 21211)");
  twilio.isBusy = true;
  expect(await textRefused({})).toContain('answers 429 to a message: Too Many Requests (code 20429)');
  twilio.isGone = true;
  expect(await textRefused({})).toContain('cannot be reached');
});

test('whoever develops the project looks at a message, and has it sent to themselves', async () => {
  const templates = { link: { subject: 'In to {{app}}', text: '{{link}}', html: '<a href="{{link}}">{{app}}, {{email}}</a>' } };
  await settings({ templates, phone_enabled: true, ...ofTwilio() });
  const show = (body: object): Promise<Answer> => platform.admin('POST', '/projects/app/auth/messages', body);
  expect((await show({ kind: 'link', to: 'dev@example.com' })).body.message).toEqual({
    channel: 'email',
    subject: 'In to app',
    text: `${platform.url}/p/app/auth/example`,
    html: `<a href="${platform.url}/p/app/auth/example">app, dev@example.com</a>`,
    sent: true,
  });
  expect(await mailTo('dev@example.com')).toContain('/auth/example');
  const before = mails.length;
  expect((await show({ kind: 'code' })).body.message).toMatchObject({ subject: '123456 is your code', sent: false });
  expect(mails).toHaveLength(before);
  expect(await show({ kind: 'phone', to: '+15550001234' })).toMatchObject({
    status: 502,
    body: { code: 'auth/message-lost', error: expect.stringContaining('21211') },
  });
  expect(await show({ kind: 'pigeon' })).toMatchObject({ status: 400, body: { code: 'http/bad-body' } });
});

test('templates say what messages say, and somebody without an account is merged by the app', async () => {
  const templates = { code: { subject: '{{code}} for {{app}}', text: 'Type {{code}}, {{email}}!', html: '<b>{{code}}</b>' } };
  await settings({ otp_enabled: true, anonymous_enabled: true, anonymous_merge: 'users:merge', templates });
  const email = someone();
  await post('/otp/send', { email });
  const code = /^Type (\d{6}), someone-\d+@example\.com!$/.exec(await mailTo(email))?.[1] ?? '';
  const there = (await post('/otp/verify', { email, code })).body.user.id;

  const { user, token } = (await post('/sign-in/anonymous', {})).body;
  mails.length = 0;
  await post('/otp/send', { email });
  const again = /\d{6}/.exec(await mailTo(email))?.[0] ?? '';
  const entered = await post('/otp/verify', { email, code: again }, token);
  expect(entered.body).toMatchObject({ user: { id: there }, anonymous: { id: user.id, merged: true } });
  const authorization = `Bearer ${entered.body.accessToken}`;
  const notes = await platform.post('/p/app/api/query', { path: 'users:notes', args: {} }, { authorization });
  expect(notes.body.value).toEqual([`was ${user.id}`]);
});
