import { BetterBaseError } from '@betterbase/core';
import type { RowsPort } from '@betterbase/providers/rows';
import code from '../auth/dist/auth.txt';
import type { UsersCall } from '../auth/users/users-call.ts';
import { configOf, type Env } from './env.ts';
import { textFingerprint } from './text-fingerprint.ts';

/** What the isolate answers, for whom: `workers/auth/isolate.ts`. */
export interface AuthDoor {
  users(request: Request, call: UsersCall, rows: RowsPort): Promise<Response>;
}

/** No project has this name. */
const name = 'platform:auth';

/**
 * The isolate in which people sign in. All projects share it: it keeps nothing of its own.
 *
 * @param exports the Worker's own entrypoints, where there is no loader and the isolate is compiled in
 */
export function authIsolate(env: Env, exports: unknown): AuthDoor {
  if (configOf(env).host === 'static') return (exports as { readonly AuthIsolate: AuthDoor }).AuthIsolate;
  if (env.LOADER === undefined)
    throw new BetterBaseError('engine/unavailable', 'This installation has no Worker Loader.', {
      hint: 'Bind LOADER in wrangler.toml, or compile one app in with `bb build --static`.',
    });
  const worker = env.LOADER.get(`${name}:${textFingerprint(code)}`, () => ({
    mainModule: 'auth.js',
    modules: { 'auth.js': code },
    compatibilityDate: '2026-10-23',
    compatibilityFlags: ['nodejs_compat'],
    env: {},
  }));
  return worker.getEntrypoint('AuthIsolate') as unknown as AuthDoor;
}
