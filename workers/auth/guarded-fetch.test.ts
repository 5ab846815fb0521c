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
