/** The admin API of programs that are in, or want in, in somebody's name. */
import { BetterBaseError } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { addEntry } from '../../access/audit.ts';
import { addressOf } from '../../access/find-principal.ts';
import { listKeysOf } from '../../access/key-store.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { type DeviceRow, findDeviceOf, listDevicesOf, refuseDevice } from '../../people/device-codes.ts';
import { personOf } from '../../people/person.ts';
import { shownSessions } from '../../people/shown-sessions.ts';
import { shownKey } from './keys.ts';
import { serve } from './serve.ts';
import { codeLockoutOf } from '../../people/lockouts.ts';

export function cliSessionRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/cli-sessions', show);
  serve(routes, 'DELETE /admin/cli-sessions/pending/:userCode', refuse);
  return routes;
}

async function show(context: GatewayContext): Promise<AnswerOf<'GET /admin/cli-sessions'>> {
  const { env } = context;
  const { id } = await personOf(context);
  const now = Date.now();
  const [devices, keys, sessions] = await Promise.all([
    listDevicesOf(env.DB, id, now),
    listKeysOf(env.DB, id, now),
    shownSessions(context, id),
  ]);
  const live = keys.filter(({ kind }) => kind === 'live');
  return { pending_authorizations: devices.flatMap(shownDevice), active_keys: live.map(shownKey), sessions };
}

/** Codes are guessed here as on the page, and counted with those. */
async function refuse(context: GatewayContext) {
  const { env } = context;
  const { id } = await personOf(context);
  const lockout = codeLockoutOf(context);
  const attempt = { action: 'device code', account: id, address: addressOf(context) };
  await lockout.enter(attempt);
  const device = await findDeviceOf(env.DB, id, context.req.param('userCode') ?? '', Date.now());
  if (device === null)
    throw new BetterBaseError('admin/not-found', 'No program waits with this code, or it is not yours to refuse.', {
      hint: '`bb sessions list` shows those that wait.',
    });
  await lockout.succeeded(attempt);
  const database = drizzle(env.DB);
  const { digest, client } = device;
  const entry = addEntry(database, context, { resourceType: 'device', resourceId: null, project: null, after: { client } });
  await database.batch([refuseDevice(database, digest, id), entry]);
  return { success: true } as const;
}

type ShownDevice = AnswerOf<'GET /admin/cli-sessions'>['pending_authorizations'][number];

/** Its digest is of 256 random bits, and opens nothing. */
function shownDevice({ digest, client, address, state, createdAt, expiresAt }: DeviceRow): readonly ShownDevice[] {
  return state === 'denied' ? [] : [{ id: digest, client, address, state, created_at: createdAt, expires_at: expiresAt }];
}
