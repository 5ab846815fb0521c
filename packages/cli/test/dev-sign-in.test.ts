import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { freePort } from '@betterbase/testing/process';
import { expect, onTestFinished, test } from 'vitest';
import { DevSignIn } from '../src/dev/sign-in/dev-sign-in.ts';
import { isStandIn, standIn } from '../src/dev/sign-in/stand-in-issuer.ts';

interface Installation {
  readonly url: string;
  /** What was written, in turn. */
  readonly written: unknown[];
}

/** Whose settings say these issuers. */
async function installation(oidc: object): Promise<Installation> {
  const written: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'PATCH') written.push(await json(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ settings: { oidc_providers: oidc } }));
  };
  const server = createServer((request, response) => void answer(request, response));
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${port}`, written };
}

const company = { issuer: 'https://login.example.com', client_id: 'my-app', scopes: ['openid'] };

test('at another port than before, what is stood in for is looked for there, and nothing else changes', async () => {
  const { url, written } = await installation({ company, google: standIn(4400, 'google') });
  const target = { url, project: 'my-app', key: 'key' };

  await new DevSignIn(target, { port: 4400, hasMoved: false }).settle();
  expect(written).toEqual([]);
  await new DevSignIn(target, { port: 4401, hasMoved: true }).settle();

  expect(written).toEqual([{ oidc_providers: { company, google: { issuer: 'http://127.0.0.1:4401/google', client_id: 'bb-dev' } } }]);
});

test('an issuer of one’s own is no stand-in, wherever it is', () => {
  expect(
    [
      standIn(4400, 'google'),
      company,
      { ...company, issuer: 'http://127.0.0.1:4400/google' },
      { issuer: 'https://127.0.0.1.example.com/', client_id: 'bb-dev' },
    ].map(isStandIn),
  ).toEqual([true, false, false, false]);
});

test('the page is there while it runs, and not after', async () => {
  const port = await freePort();
  const page = new DevSignIn({ url: 'http://localhost:3000', project: 'my-app', key: 'key' }, { port, hasMoved: false });
  await page.start();
  onTestFinished(() => page.stop());
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: 'bb-dev',
    redirect_uri: 'http://localhost:3000/p/my-app/auth/callback/google',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
  });
  const visit = (): Promise<Response> => fetch(`http://127.0.0.1:${port}/google/authorize?${query.toString()}`);
  expect(await (await visit()).text()).toContain('Ada Lovelace');
  // It leads to the project and nowhere else.
  query.set('redirect_uri', 'https://evil.example/');
  expect((await visit()).status).toBe(400);
  await page.stop();
  await expect(visit()).rejects.toThrow();
});
