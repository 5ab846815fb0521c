/** The admin API of second factors: one's own, and those that others have lost. */
import { BetterBaseError } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { addEntry } from '../../access/audit.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { endAccess } from '../../people/end-access.ts';
import { confirmSecondFactor, newBackupCodes, ofFactor } from '../../people/enrol.ts';
import { lesserAdmin } from '../../people/known-admin.ts';
import { personOf } from '../../people/person.ts';
import { beginSecondFactor, confirmedFactor, takeCode } from '../../people/second-factor.ts';
import { countBackupCodes, dropFactor, readFactor, setBackupCodes } from '../../people/second-factor-store.ts';
import { checkPassword } from '../../people/sign-in.ts';
import { settingsOf } from '../../settings/read-settings.ts';
import { serve } from './serve.ts';

export function secondFactorRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/auth/second-factor', showFactor);
  serve(routes, 'POST /admin/auth/second-factor', async (context, { body }) => {
    const admin = await personOf(context);
    await checkPassword(context, admin.email, body.password);
    return await beginSecondFactor(context, admin);
  });
  serve(routes, 'POST /admin/auth/second-factor/confirm', (context, { body }) => confirm(context, body.code));
  serve(routes, 'POST /admin/auth/second-factor/codes', async (context, { body }) => {
    const id = await provePerson(context, body);
    const made = await newBackupCodes(id);
    const database = drizzle(context.env.DB);
    await database.batch([...setBackupCodes(database, id, made.digests), addEntry(database, context, ofFactor(id))]);
    return { backup_codes: [...made.codes] };
  });
  serve(routes, 'DELETE /admin/auth/second-factor', async (context, { body }) => {
    const id = await provePerson(context, body);
    const database = drizzle(context.env.DB);
    await database.batch([...dropFactor(database, id), addEntry(database, context, ofFactor(id))]);
    return { success: true } as const;
  });
  serve(routes, 'DELETE /admin/users/:id/second-factor', takeAway);
  return routes;
}

async function showFactor(context: GatewayContext): Promise<AnswerOf<'GET /admin/auth/second-factor'>> {
  const { env } = context;
  const { id } = await personOf(context);
  const enabled = (await confirmedFactor(env.DB, id)) !== null;
  const { require_second_factor: required } = await settingsOf(env);
  return { enabled, required, backup_codes_left: await countBackupCodes(env.DB, id) };
}

async function confirm(context: GatewayContext, code: string): Promise<AnswerOf<'POST /admin/auth/second-factor/confirm'>> {
  const { id } = await personOf(context);
  return { backup_codes: [...(await confirmSecondFactor(context, { admin: id, kept: context.var.session }, code))] };
}

/** For somebody who has lost it. Their password opens the account alone then, so whoever does this must be able to do as much. */
async function takeAway(context: GatewayContext) {
  const { env } = context;
  const { id, email } = await lesserAdmin(context, context.req.param('id') ?? '');
  if ((await readFactor(env.DB, id)) === null)
    throw new BetterBaseError('admin/second-factor', 'This admin has no second factor.', { hint: '`bb admins list` shows who has.' });
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { ...ofFactor(id), before: { email } });
  await database.batch([...dropFactor(database, id), ...endAccess(database, id, null), entry]);
  return { success: true } as const;
}

/** @throws BetterBaseError `admin/second-factor`, `auth/bad-credentials`, `auth/bad-code`, `auth/too-many-attempts` */
async function provePerson(
  context: GatewayContext,
  { password, code }: { readonly password: string; readonly code: string },
): Promise<string> {
  const { id, email } = await personOf(context);
  const factor = await confirmedFactor(context.env.DB, id);
  if (factor === null)
    throw new BetterBaseError('admin/second-factor', 'You have no second factor.', {
      hint: 'Set one up: `bb account second-factor enable`.',
    });
  await checkPassword(context, email, password);
  await takeCode(context, factor, code);
  return id;
}
