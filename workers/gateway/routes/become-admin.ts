/** The pages on which somebody becomes an admin: `/setup` for the first, `/join` for those who are invited. */
import { join as joinShape, setup as setupShape } from '@betterbase/protocol/admin/requests';
import { Hono } from 'hono';
import { html } from 'hono/html';
import * as z from 'zod/mini';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { pageResponse } from '../pages/page.ts';
import { type Problem, problemOf } from '../pages/problem.ts';
import { assertWelcome, readForm } from '../pages/read-form.ts';
import { hasAdmins } from '../people/admin-store.ts';
import { invitationOf, join, setUp } from '../people/become-admin.ts';
import { openSession, sessionCookie } from '../people/sign-in.ts';

const setupForm = z.object({ email: setupShape.shape.email, password: setupShape.shape.password, token: setupShape.shape.token });
const joinForm = z.object({ password: joinShape.shape.password, token: joinShape.shape.token, name: z.string().check(z.maxLength(100)) });

export function becomeAdminRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get('/setup', (context) => showSetup(context));
  routes.post('/setup', takeSetup);
  routes.get('/join', (context) => showJoin(context));
  routes.post('/join', takeJoin);
  return routes;
}

async function showSetup(context: GatewayContext, problem?: Problem): Promise<Response> {
  const token = context.req.query('token') ?? '';
  if (await hasAdmins(context.env.DB))
    return pageResponse(context, {
      title: 'Already set up',
      status: 410,
      body: html`<p>This installation has its first admin. Others are invited.</p>`,
    });
  return pageResponse(context, {
    title: 'Make the first admin',
    status: problem?.status ?? 200,
    body: html`${problem?.text ?? ''}<p>They own the installation: its projects, its settings, and who else may do what.</p>
<form method="post" action="/setup?token=${encodeURIComponent(token)}">
<label>E-mail<input name="email" type="email" autocomplete="username" required></label>
<label>Password, at least 8 characters<input name="password" type="password" autocomplete="new-password" minlength="8" maxlength="128" required></label>
<label>Setup token<input name="token" value="${token}" autocomplete="off" required></label>
<button>Make the first admin</button>
</form>
<p class="note"><code>bb dev</code> and <code>npm run deploy</code> print a link with the token.</p>`,
  });
}

async function takeSetup(context: GatewayContext): Promise<Response> {
  context.set('audit', 'admin.create');
  try {
    const { email, password, token } = await readForm(context, setupForm);
    return await welcome(context, await setUp(context, { email, name: email, password, token }));
  } catch (thrown) {
    return await showSetup(context, problemOf(thrown));
  }
}

async function showJoin(context: GatewayContext, problem?: Problem): Promise<Response> {
  const token = context.req.query('token') ?? '';
  try {
    await assertWelcome(context);
    const { email, role, project } = await invitationOf(context, token);
    return await pageResponse(context, {
      title: 'You are invited',
      status: problem?.status ?? 200,
      body: html`${problem?.text ?? ''}<dl><dt>Your address</dt><dd>${email}</dd><dt>Your role</dt><dd>${role}, ${project === null ? 'everywhere' : `in ${project}`}</dd></dl>
<form method="post" action="/join?token=${encodeURIComponent(token)}">
<input type="hidden" name="token" value="${token}">
<label>Your name<input name="name" autocomplete="name" maxlength="100"></label>
<label>Password, at least 8 characters<input name="password" type="password" autocomplete="new-password" minlength="8" maxlength="128" required></label>
<button>Join</button>
</form>`,
    });
  } catch (thrown) {
    const { status, text } = problemOf(thrown);
    return await pageResponse(context, { title: 'No invitation', status, body: text });
  }
}

async function takeJoin(context: GatewayContext): Promise<Response> {
  context.set('audit', 'admin.create');
  try {
    const { password, token, name } = await readForm(context, joinForm);
    return await welcome(context, await join(context, { token, password, name: name === '' ? undefined : name }));
  } catch (thrown) {
    return await showJoin(context, problemOf(thrown));
  }
}

async function welcome(context: GatewayContext, admin: string): Promise<Response> {
  const { admin: row, token, expires_at: expiresAt } = await openSession(context, admin);
  return pageResponse(context, {
    title: 'Welcome',
    cookie: sessionCookie(context, token, expiresAt),
    body: html`<p>You are signed in as <strong>${row.email}</strong>.</p><p>To work from a terminal: <code>bb login --url ${new URL(context.req.url).origin}</code></p>`,
  });
}
