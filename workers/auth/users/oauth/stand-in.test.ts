import { freePort } from '@betterbase/testing/process';
import { serveSignIn } from '@betterbase/stand-ins/sign-in';
import { expect, onTestFinished, test, vi } from 'vitest';
import { networkRules } from '../../current-call.ts';
import { guardedFetch } from '../../guarded-fetch.ts';
import { UsersBench } from '../../test/users-bench.ts';

test('who stands in for a vendor is asked on a developer’s machine only, whatever a project’s settings say', async () => {
  const port = await freePort();
  const issuer = (vendor: string): string => `http://127.0.0.1:${port}/${vendor}`;
  const served = await serveSignIn({
    port,
    clientId: 'bb-dev',
    issuer,
    callback: () => 'http://127.0.0.1:3000/p/shop/auth/callback/google',
  });
  onTestFinished(() => served.close());
  const asked: string[] = [];
  const { fetch } = globalThis;
  const seen: typeof fetch = async (input, init) => (
    asked.push(input instanceof Request ? input.url : String(input)), await fetch(input, init)
  );
  // As the isolate does.
  vi.stubGlobal('fetch', guardedFetch(seen, networkRules));
  onTestFinished(() => void vi.unstubAllGlobals());
  const visit = async (isDevelopment: boolean): Promise<string | null> => {
    const bench = new UsersBench();
    bench.isDevelopment = isDevelopment;
    await bench.set({
      allowed_origins: ['https://app.example.com'],
      oidc_providers: { google: { issuer: issuer('google'), client_id: 'bb-dev' } },
    });
    const query = new URLSearchParams({ redirectTo: 'https://app.example.com/', code_challenge: 'a'.repeat(43) });
    return (await bench.get(`/authorize/google?${query.toString()}`)).location;
  };

  expect(await visit(false)).toBeNull();
  expect(asked).toEqual([]);
  expect(await visit(true)).toMatch(new RegExp(`^${issuer('google')}/authorize\\?`));
  expect(asked).toEqual([`${issuer('google')}/.well-known/openid-configuration`]);
});
