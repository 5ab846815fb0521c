import { defaultSettings, type InstanceSettings } from '@betterbase/protocol/admin';
import { settings as settingsShape } from '@betterbase/protocol/admin/requests';
import { drizzle } from 'drizzle-orm/d1';
import { instanceSettings } from '../../../migrations/schema.ts';
import type { Env } from '../env.ts';

/** So long an isolate goes on as it was told before, ms. */
const patience = 5_000;

const known = new WeakMap<D1Database, { readonly settings: Promise<InstanceSettings>; readonly until: number }>();

/** The installation's settings, as they were at most five seconds ago. */
export function settingsOf({ DB }: Pick<Env, 'DB'>): Promise<InstanceSettings> {
  const now = Date.now();
  const kept = known.get(DB);
  if (kept !== undefined && kept.until > now) return kept.settings;
  const settings = readSettings(DB);
  known.set(DB, { settings, until: now + patience });
  settings.catch(() => known.delete(DB));
  return settings;
}

/** They were changed here. */
export function forgetSettings({ DB }: Pick<Env, 'DB'>): void {
  known.delete(DB);
}

export async function readSettings(database: D1Database): Promise<InstanceSettings> {
  const rows = await drizzle(database).select().from(instanceSettings);
  const told = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  const parsed = settingsShape.safeParse(
    Object.fromEntries(Object.keys(defaultSettings).flatMap((name) => (name in told ? [[name, told[name]]] : []))),
  );
  return { ...defaultSettings, ...(parsed.success ? parsed.data : {}) };
}
