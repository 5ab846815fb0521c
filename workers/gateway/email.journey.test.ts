/** The installation's own mail, to a relay on this machine. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { identityApp } from './test/identity-app.ts';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

interface Mail {
  readonly authorization: string | undefined;
  readonly body: unknown;
}

const secret = 'a secret that the relay knows';
let platform: LocalPlatform;
let relay: Server;
let state: string;
let status = 200;
const mails: Mail[] = [];

beforeAll(async () => {
  relay = createServer((request, response) => {
    void text(request).then((body) => {
      mails.push({ authorization: request.headers.authorization, body: JSON.parse(body) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  state = await mkdtemp(join(tmpdir(), 'betterbase-email-'));
  platform = await startLocalPlatform({
    host: 'loader',
    state,
    mailSenders: ['bb@example.com'],
    vars: { BB_DEV: '1', ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' },
  });
});
afterAll(async () => {
  await platform.stop();
  relay.close();
  await rm(state, { recursive: true });
});

const url = (): string => {
  const address = relay.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/send`;
};
const logsOf = async (project: string): Promise<string> => JSON.stringify((await platform.admin('GET', `/projects/${project}/logs`)).body);
const testMail = () => platform.admin('POST', '/email/test', { to: 'ann@example.com' });

test('a test mail arrives at whoever is said to bring mail, and their secret is told to nobody else', async () => {
  const set = await platform.admin('PUT', '/email', {
    provider: 'relay',
    from: 'BetterBase <bb@example.com>',
    relay_url: url(),
    relay_token: secret,
  });
  expect(set).toMatchObject({ status: 200, body: { email: { provider: 'relay', relay_url: url(), has_secret: true } } });
  expect(await testMail()).toMatchObject({ status: 200, body: { success: true } });
  expect(mails).toEqual([
    {
      authorization: `Bearer ${secret}`,
      body: { from: 'BetterBase <bb@example.com>', to: 'ann@example.com', subject: 'Mail of BetterBase arrives', text: expect.any(String) },
    },
  ]);
  const told = JSON.stringify([(await platform.admin('GET', '/email')).body, (await platform.admin('GET', '/audit?limit=200')).body]);
  expect(told).not.toContain(secret);
  const files = (await readdir(state, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const file of files) expect((await readFile(join(file.parentPath, file.name))).includes(secret)).toBe(false);
});

test('a secret that is left out stays, but not for another address', async () => {
  const change = async (relay_url: string) =>
    (await platform.admin('PUT', '/email', { provider: 'relay', from: 'new@example.com', relay_url })).body.email.has_secret;
  expect(await change(url())).toBe(true);
  expect(await change(`${url()}/elsewhere`)).toBe(false);
  await platform.admin('PUT', '/email', { provider: 'relay', from: 'bb@example.com', relay_url: url(), relay_token: secret });
});

test('who is invited gets mail, and whoever invites has the link, too', async () => {
  const invited = await platform.admin('POST', '/invitations', { email: 'jo@example.com', role: 'viewer' });
  expect(invited.body.mailed).toBe(true);
  expect(mails.at(-1)?.body).toMatchObject({ to: 'jo@example.com', text: expect.stringContaining(invited.body.link) });
  status = 500;
  expect((await platform.admin('POST', '/invitations', { email: 'jim@example.com', role: 'viewer' })).body).toMatchObject({
    mailed: false,
  });
  expect(await testMail()).toMatchObject({ status: 502, body: { code: 'email/not-sent', error: expect.stringContaining('500') } });
  status = 200;
});

/** What the platform's own binding has taken. */
async function takenMails(): Promise<readonly string[]> {
  const entries = await readdir(join(state, 'tmp'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.includes('email-text'));
  return await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
}

const askForLink = (email: string) =>
  platform.post('/p/shop/auth/request-password-reset', { email, redirectTo: 'http://localhost:5173/reset' });

test('a project without anybody of its own uses the installation’s mail where that is allowed, under its own name, and not without end', async () => {
  await platform.deploy('shop', identityApp([]));
  await platform.admin('PATCH', '/projects/shop', { name: 'Ann’s "Shop"' });
  await platform.post('/p/shop/auth/signup', { email: 'jo@example.com', password: 'correct horse battery' });
  const relayed = { provider: 'relay', from: 'BetterBase <bb@example.com>', relay_url: url(), relay_token: secret };
  await platform.admin('PUT', '/email', relayed);
  const before = mails.length;
  await askForLink('jo@example.com');
  // Under `bb dev` it stands in the terminal instead.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(mails).toHaveLength(before);

  expect(await platform.admin('PUT', '/email', { ...relayed, projects: true, project_mails_per_hour: 2 })).toMatchObject({
    body: { email: { projects: true, project_mails_per_hour: 2 } },
  });
  await askForLink('jo@example.com');
  await vi.waitFor(() => expect(mails).toHaveLength(before + 1));
  expect(mails.at(-1)).toMatchObject({
    authorization: `Bearer ${secret}`,
    body: {
      from: '"Ann’s Shop" <bb@example.com>',
      to: 'jo@example.com',
      subject: 'Choose a new password',
      text: expect.stringContaining('/reset-password/'),
    },
  });
  await askForLink('jo@example.com');
  await vi.waitFor(() => expect(mails).toHaveLength(before + 2));
  const refused = await askForLink('jo@example.com');
  expect(refused).toEqual(await askForLink('nobody@example.com'));
  await vi.waitFor(async () => expect(await logsOf('shop')).toContain('has sent its 2 mails of this hour'));
  expect(await logsOf('shop')).toContain('auth/message-lost');
  expect(mails).toHaveLength(before + 2);
});

test('mail goes by the Worker’s own binding, for the installation and for projects, and what it does not take is said', async () => {
  expect(
    await platform.admin('PUT', '/email', { provider: 'cloudflare', from: 'BetterBase <bb@example.com>', project_mails_per_hour: 50 }),
  ).toMatchObject({
    body: { email: { provider: 'cloudflare', projects: true, has_secret: false } },
  });
  expect(await testMail()).toMatchObject({ status: 200 });
  await vi.waitFor(async () => expect((await takenMails()).join()).toContain('If you read it'));
  await platform.post('/p/shop/auth/signup', { email: 'kim@example.com', password: 'correct horse battery' });
  await askForLink('kim@example.com');
  await vi.waitFor(async () => expect((await takenMails()).join()).toContain('/reset-password/'));

  await platform.admin('PUT', '/email', { provider: 'cloudflare', from: 'someone@else.example' });
  expect(await testMail()).toMatchObject({
    status: 502,
    body: { error: expect.stringContaining('email from someone@else.example not allowed') },
  });
  await askForLink('kim@example.com');
  await vi.waitFor(async () => expect(await logsOf('shop')).toContain('email from someone@else.example not allowed'));
});

test('what makes no sense is refused', async () => {
  for (const body of [
    { provider: 'pigeon' },
    { provider: 'resend', from: 'bb@example.com' },
    { provider: 'relay', from: 'bb@example.com\r\nBcc: all@example.com', relay_url: url() },
    { provider: 'relay', from: 'bb@example.com', relay_url: 'http://169.254.169.254/latest' },
    { provider: 'relay', from: 'bb@example.com', relay_url: 'ftp://example.com' },
  ])
    expect(await platform.admin('PUT', '/email', body)).toMatchObject({ status: 400, body: { code: 'http/bad-body' } });
  expect(await platform.admin('POST', '/email/test', { to: 'nobody' })).toMatchObject({ status: 400 });
});

test('without anybody to bring it, nothing is sent, and without a key nothing secret is kept', async () => {
  const bare = await startLocalPlatform({ host: 'loader' });
  try {
    expect(await bare.admin('POST', '/email/test', { to: 'ann@example.com' })).toMatchObject({
      status: 502,
      body: { code: 'email/not-sent' },
    });
    expect(await bare.admin('PUT', '/email', { provider: 'cloudflare', from: 'bb@example.com' })).toMatchObject({
      status: 400,
      body: { code: 'http/bad-body', suggestion: expect.stringContaining('[[send_email]]') },
    });
    expect(await bare.admin('PUT', '/email', { provider: 'resend', from: 'bb@example.com', api_key: 'x' })).toMatchObject({
      body: { code: 'environment/no-key' },
    });
    expect((await bare.admin('POST', '/invitations', { email: 'jo@example.com', role: 'viewer' })).body.mailed).toBe(false);
  } finally {
    await bare.stop();
  }
});
