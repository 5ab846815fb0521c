import { BetterBaseError } from '@betterbase/core';
import type { RowsPort } from '@betterbase/providers/rows';
import { moduleTextReader } from '../../durable-objects/engine/module-text.ts';
import text from '../auth/dist/auth.txt';
import type { AdminsAnswer, AdminsOrder } from '../auth/admins/admins-order.ts';
import type { MailOrder } from '../auth/messages/mail-order.ts';
import type { MessageOrder, ShownMessage } from '../auth/messages/message-order.ts';
import type { CallPort } from '../auth/users/call-port.ts';
import type { UsersCall } from '../auth/users/users-call.ts';
import { configOf, type Env } from './env.ts';

const decode = moduleTextReader<'isolate'>();

/** What the isolate answers, and for whom: `workers/auth/isolate.ts`. */
export interface AuthDoor {
  mail(order: MailOrder): Promise<string | null>;
  admins(order: AdminsOrder, rows: RowsPort): Promise<AdminsAnswer>;
  message(order: MessageOrder, port: CallPort): Promise<ShownMessage>;
  users(request: Request, call: UsersCall, port: CallPort): Promise<Response>;
}

/**
 * The isolate in which people sign in. All share it: it has nothing of its own.
 *
 * @param exports the Worker's own entrypoints; where there is no loader, the isolate is one of them
 * @throws BetterBaseError `engine/unavailable`
 */
export function authIsolate(env: Env, exports: unknown): AuthDoor {
  if (configOf(env).host === 'static') return (exports as { readonly AuthIsolate: AuthDoor }).AuthIsolate;
  if (env.LOADER === undefined)
    throw new BetterBaseError('engine/unavailable', 'This installation has no Worker Loader.', {
      hint: 'Bind LOADER in wrangler.toml, or compile one app in with `bb build --static`.',
    });
  const code = decode(text);
  // No project has such a name.
  const worker = env.LOADER.get(`platform:auth:${code.print}`, () => ({
    mainModule: 'isolate.js',
    modules: { ...code.modulesOf('isolate') },
    compatibilityDate: '2026-10-23',
    compatibilityFlags: ['nodejs_compat'],
    env: {},
  }));
  return worker.getEntrypoint('AuthIsolate') as unknown as AuthDoor;
}
