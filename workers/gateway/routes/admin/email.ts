/** The admin API of who brings the installation's mail. */
import { BetterBaseError, publicUrlProblem } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { instanceSettings } from '../../../../migrations/schema.ts';
import { addEntry } from '../../access/audit.ts';
import { configOf } from '../../env.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { type KeptMail, mailSetting, noMail, readMail, sealMailSecret, sendMail } from '../../settings/mail.ts';
import { readSettings } from '../../settings/read-settings.ts';
import { serve } from './serve.ts';

export function emailRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/email', async ({ env }) => ({ email: shown(await readMail(env)) }));
  serve(routes, 'PUT /admin/email', (context, { body }) => changeMail(context, body));
  serve(routes, 'POST /admin/email/test', async (context, { body: { to } }) => {
    const { instance_name: name } = await readSettings(context.env.DB);
    await sendMail(context, {
      kind: 'test',
      to,
      subject: `Mail of ${name} arrives`,
      text: `This is a test. If you read it, ${name} can send mail.`,
    });
    return { success: true } as const;
  });
  return routes;
}

type Change = ParsedRequest<'PUT /admin/email'>['body'];

async function changeMail(context: GatewayContext, change: Change): Promise<AnswerOf<'PUT /admin/email'>> {
  const { env } = context;
  const before = await readMail(env);
  const value = await mailAfter(context, change, before);
  const database = drizzle(env.DB);
  const row = { name: mailSetting, value, updatedAt: Date.now() };
  const entry = addEntry(database, context, {
    resourceType: 'settings',
    resourceId: mailSetting,
    project: null,
    before: shown(before),
    after: shown(value),
  });
  await database.batch([
    entry,
    database.insert(instanceSettings).values(row).onConflictDoUpdate({ target: instanceSettings.name, set: row }),
  ]);
  return { email: shown(value) };
}

/** A secret that is left out stays, where it is for the same. */
async function mailAfter({ env }: GatewayContext, change: Change, before: KeptMail): Promise<KeptMail> {
  const own = before.provider === change.provider ? before.sealed : null;
  if (change.provider === 'none') return noMail;
  const { from, projects = before.projects, project_mails_per_hour = before.project_mails_per_hour } = change;
  const kept = { from, projects, project_mails_per_hour, relay_url: null };
  switch (change.provider) {
    case 'cloudflare':
      if (env.EMAIL === undefined)
        throw new BetterBaseError('http/bad-body', 'This installation has no binding to send mail with.', {
          hint: 'Add `[[send_email]]` with `name = "EMAIL"` to wrangler.toml, and deploy.',
        });
      return { ...kept, provider: 'cloudflare', sealed: null };
    case 'resend': {
      const sealed = change.api_key === undefined ? own : await sealMailSecret(env, change.api_key);
      if (sealed === null)
        throw new BetterBaseError('http/bad-body', 'Resend needs an API key.', {
          hint: 'Send it as `api_key`: it is kept encrypted, and told to nobody.',
        });
      return { ...kept, provider: 'resend', sealed };
    }
    case 'relay': {
      const problem = publicUrlProblem(change.relay_url, configOf(env).isDevelopment);
      if (problem !== null)
        throw new BetterBaseError('http/bad-body', `The relay’s address ${problem}.`, {
          hint: 'Name an https: URL that everybody could ask.',
        });
      // Another address must not be told the secret of the one before it.
      const isSame = change.relay_url === before.relay_url;
      const sealed = change.relay_token === undefined ? (isSame ? own : null) : await sealMailSecret(env, change.relay_token);
      return { ...kept, provider: 'relay', relay_url: change.relay_url, sealed };
    }
    default:
      return change satisfies never;
  }
}

function shown({ sealed, ...told }: KeptMail): AnswerOf<'GET /admin/email'>['email'] {
  return { ...told, has_secret: sealed !== null };
}
