import { expect, test } from 'vitest';
import { guardedFetch } from './guarded-fetch.ts';

test('issuers and relays are asked at public names only, and on this machine while developing', async () => {
  const asked: string[] = [];
  let rules: { readonly isDevelopment: boolean } | null = { isDevelopment: false };
  const fetch = guardedFetch(
    async (input) => {
      asked.push(String(input));
      return new Response();
    },
    () => rules,
  );
  for (const url of [
    'http://169.254.169.254/latest',
    'https://10.0.0.1/',
    'http://127.0.0.1:9000/',
    'https://db.internal/',
    'http://issuer.example/',
  ])
    await expect(fetch(url)).rejects.toMatchObject({ code: 'auth/issuer-unreachable' });
  await fetch('https://issuer.example/token');
  rules = { isDevelopment: true };
  await fetch('http://127.0.0.1:9000/token');
  rules = null;
  await fetch('http://10.0.0.1/');
  expect(asked).toEqual(['https://issuer.example/token', 'http://127.0.0.1:9000/token', 'http://10.0.0.1/']);
});

test('where they lead is looked at as closely', async () => {
  const asked: string[] = [];
  const leads: Readonly<Record<string, string>> = {
    'https://issuer.example/a': '/b',
    'https://issuer.example/b': 'https://other.example/c',
    'https://evil.example/in': 'http://169.254.169.254/latest',
    'https://evil.example/round': 'https://evil.example/round',
  };
  const fetch = guardedFetch(
    async (input) => {
      asked.push(String(input));
      const location = leads[String(input)];
      return location === undefined ? new Response('here') : new Response(null, { status: 302, headers: { location } });
    },
    () => ({ isDevelopment: false }),
  );
  expect(await (await fetch('https://issuer.example/a')).text()).toBe('here');
  await expect(fetch('https://evil.example/in')).rejects.toMatchObject({ code: 'auth/issuer-unreachable' });
  expect((await fetch('https://evil.example/round')).status).toBe(302);
  // A secret goes to whom it is for, and what is sent is not sent elsewhere.
  expect((await fetch('https://issuer.example/b', { headers: { authorization: 'Bearer secret' } })).status).toBe(302);
  expect((await fetch('https://issuer.example/b', { method: 'POST', body: 'code' })).status).toBe(302);
  expect(asked.filter((url) => url.includes('169.254'))).toEqual([]);
  expect(asked.filter((url) => url.includes('round'))).toHaveLength(4);
  expect(asked.filter((url) => url.includes('other'))).toHaveLength(1);
});

/** A network in which issuer.example sends whoever asks on to a machine inside. */
function issuerThatLeads(status: number) {
  const asked: string[] = [];
  const plain = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    asked.push(`${request.method} ${request.url}`);
    if (!request.url.startsWith('https://issuer.example/')) return new Response('what is inside');
    const location = 'http://169.254.169.254/secrets';
    if (request.redirect === 'follow') return await plain(location);
    return new Response(null, { status, headers: { location } });
  };
  return { asked, fetch: guardedFetch(plain, () => ({ isDevelopment: false })) };
}

test.each([301, 302, 303, 307, 308])('a code that is exchanged is not sent on to a machine inside, by a %s', async (status) => {
  for (const init of [
    { method: 'POST', body: 'code=x' },
    { method: 'post', body: 'code=x', redirect: 'follow' },
  ] as const) {
    const { asked, fetch } = issuerThatLeads(status);
    const response = await fetch('https://issuer.example/token', init);
    expect([response.ok, asked]).toEqual([false, ['POST https://issuer.example/token']]);
  }
  const { asked, fetch } = issuerThatLeads(status);
  await fetch(new Request('https://issuer.example/token', { method: 'POST', body: 'code=x' }));
  expect(asked).toEqual(['POST https://issuer.example/token']);
});
