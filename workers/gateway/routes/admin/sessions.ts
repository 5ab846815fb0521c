/** The admin API of signing in and out. */
import { BetterBaseError } from '@betterbase/core';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { addEntry } from '../../access/audit.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { dropSession, listSessions } from '../../people/admin-store.ts';
import { join, setUp } from '../../people/become-admin.ts';
import { personOf } from '../../people/person.ts';
import { requestReset, resetPassword } from '../../people/reset-password.ts';
import { confirmedFactor } from '../../people/second-factor.ts';
import { shownSessions } from '../../people/shown-sessions.ts';
import { setPassword } from '../../people/set-password.ts';
import { checkPassword, endedCookie, openSession, signIn, tellSession } from '../../people/sign-in.ts';
import { json } from './answers.ts';
import { serve } from './serve.ts';

export function sessionRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'POST /admin/auth/setup', async (context, { body }) => {
    const { email, password, token, cookie } = body;
    const admin = await setUp(context, { email, password, token, name: body.name ?? email });
    return tellSession(context, await openSession(context, admin), cookie, 201);
  });
  serve(routes, 'POST /admin/auth/join', async (context, { body }) => {
    const { token, name, password, cookie } = body;
    return tellSession(context, await openSession(context, await join(context, { token, name, password })), cookie, 201);
  });
  serve(routes, 'POST /admin/auth/login', async (context, { body }) => tellSession(context, await signIn(context, body), body.cookie));
  serve(routes, 'POST /admin/auth/logout', signOut);
  serve(routes, 'GET /admin/auth/me', async (context) => {
    const { id, email, name } = await personOf(context);
    const hasOne = (await confirmedFactor(context.env.DB, id)) !== null;
    return { admin: { id, email, name }, second_factor: hasOne, must_enrol: context.var.principal.mustEnrol === true };
  });
  serve(routes, 'GET /admin/auth/sessions', async (context) => {
    const { id } = await personOf(context);
    return { sessions: await shownSessions(context, id) };
  });
  serve(routes, 'DELETE /admin/auth/sessions/:id', endSession);
  serve(routes, 'POST /admin/auth/password', async (context, { body }) => {
    const { id, email } = await personOf(context);
    await checkPassword(context, email, body.current);
    await setPassword(context, { admin: id, kept: context.var.session }, body.password);
    return { success: true } as const;
  });
  serve(routes, 'POST /admin/auth/reset/request', async (context, { body }) => {
    await requestReset(context, body.email);
    return { success: true } as const;
  });
  serve(routes, 'POST /admin/auth/reset', async (context, { body }) => {
    await resetPassword(context, body.token, body.password);
    return { success: true } as const;
  });
  return routes;
}

/** With a key there is nothing to end. */
async function signOut(context: GatewayContext): Promise<Response> {
  const {
    env,
    var: { principal, session },
  } = context;
  if (session !== null) {
    const database = drizzle(env.DB);
    const entry = addEntry(database, context, { resourceType: 'session', resourceId: session, project: null });
    await database.batch([dropSession(database, principal.id, session), entry]);
  }
  const response = json({ success: true });
  response.headers.append('set-cookie', endedCookie(context));
  return response;
}

async function endSession(context: GatewayContext) {
  const { id: admin } = await personOf(context);
  const id = context.req.param('id') ?? '';
  const { env } = context;
  if (!(await listSessions(env.DB, admin, Date.now())).some((session) => session.id === id))
    throw new BetterBaseError('admin/not-found', 'You have no such session.', { hint: '`bb sessions list` shows them.' });
  const database = drizzle(env.DB);
  const entry = addEntry(database, context, { resourceType: 'session', resourceId: id, project: null });
  await database.batch([dropSession(database, admin, id), entry]);
  return { success: true } as const;
}
