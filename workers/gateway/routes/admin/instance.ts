/** The admin API of the installation's settings. */
import { BetterBaseError } from '@betterbase/core';
import type { AnswerOf, InstanceSettings } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { instanceSettings } from '../../../../migrations/schema.ts';
import { addEntry } from '../../access/audit.ts';
import { addressOf } from '../../access/find-principal.ts';
import { configOf } from '../../env.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { measureHealth } from '../../settings/health.ts';
import { isRange, isWithin } from '../../settings/address-range.ts';
import { forgetSettings, readSettings } from '../../settings/read-settings.ts';
import { serve } from './serve.ts';

export function instanceRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/instance', async ({ env }) => ({ settings: await readSettings(env.DB) }));
  serve(routes, 'GET /admin/instance/health', async ({ env }) => ({
    health: await measureHealth({ database: env.DB, since: configOf(env).since, now: Date.now }),
  }));
  serve(routes, 'PATCH /admin/instance', (context, { body }) => changeSettings(context, body));
  return routes;
}

type Change = ParsedRequest<'PATCH /admin/instance'>['body'];

/** All of the change, or nothing. */
async function changeSettings(context: GatewayContext, change: Change): Promise<AnswerOf<'PATCH /admin/instance'>> {
  const { env } = context;
  const before = await readSettings(env.DB);
  const settings: InstanceSettings = { ...before, ...change };
  if (change.ip_allowlist !== undefined) assertSensible(context, change.ip_allowlist);
  const changed = Object.entries(change);
  if (changed.length === 0) return { settings };
  const database = drizzle(env.DB);
  const told = Object.fromEntries(Object.entries(before).filter(([name]) => name in change));
  const entry = addEntry(database, context, { resourceType: 'settings', resourceId: null, project: null, before: told, after: change });
  const rows = changed.map(([name, value]) => ({ name, value, updatedAt: Date.now() }));
  const writes = rows.map((row) =>
    database.insert(instanceSettings).values(row).onConflictDoUpdate({ target: instanceSettings.name, set: row }),
  );
  await database.batch([entry, ...writes]);
  forgetSettings(env);
  return { settings };
}

function assertSensible(context: GatewayContext, ranges: readonly string[]): void {
  const unknown = ranges.filter((range) => !isRange(range));
  if (unknown.length > 0)
    throw new BetterBaseError('http/bad-body', `${unknown.join(', ')}: no address and no range.`, {
      hint: 'Write 203.0.113.7 or 2001:db8::/32.',
    });
  const address = addressOf(context);
  const keepsCaller = ranges.length === 0 || (address !== null && ranges.some((range) => isWithin(address, range)));
  if (keepsCaller || context.var.principal.kind === 'root') return;
  throw new BetterBaseError('http/bad-body', 'This would shut out your own address.', {
    hint: address === null ? 'The network does not say what it is.' : `Put ${address} on the list too.`,
  });
}
