/** The pages on which somebody who has forgotten their password chooses another one. */
import { reset, resetRequest } from '@betterbase/protocol/admin/requests';
import { Hono } from 'hono';
import { html } from 'hono/html';
import * as z from 'zod/mini';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { pageResponse } from '../pages/page.ts';
import { type Problem, problemOf } from '../pages/problem.ts';
import { assertWelcome, readForm } from '../pages/read-form.ts';
import { adminOfReset, requestReset, resetPassword } from '../people/reset-password.ts';
import { endedCookie } from '../people/sign-in.ts';
import { bringsMail } from '../settings/mail.ts';

const form = z.discriminatedUnion('step', [
  z.object({ step: z.literal('ask'), email: resetRequest.shape.email }),
  z.object({ step: z.literal('set'), token: reset.shape.token, password: reset.shape.password }),
]);

export function resetRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get('/reset', (context) => {
    const token = context.req.query('token');
    return token === undefined ? showQuestion(context) : showLink(context, token);
  });
  routes.post('/reset', takeForm);
  return routes;
}

async function showQuestion(context: GatewayContext, problem?: Problem): Promise<Response> {
  const isMailed = await bringsMail(context.env);
  return await pageResponse(context, {
    title: 'Choose another password',
    status: problem?.status ?? 200,
    body: isMailed
      ? html`${problem?.text ?? ''}<p>You get a link by mail, with which you choose another one.</p>
<form method="post" action="/reset"><input type="hidden" name="step" value="ask">
<label>E-mail<input name="email" type="email" autocomplete="username" required></label>
<button>Send the link</button>
</form>`
      : html`<p>This installation sends no mail. Another owner makes a link for you: <code>bb admins reset &lt;your address&gt;</code></p>`,
  });
}

/** Looking uses nothing up: programs that read mail look at links, too. */
async function showLink(context: GatewayContext, token: string, problem?: Problem): Promise<Response> {
  try {
    await assertWelcome(context);
    const { email } = await adminOfReset(context, token);
    return await pageResponse(context, {
      title: 'Choose another password',
      status: problem?.status ?? 200,
      body: html`${problem?.text ?? ''}<form method="post" action="/reset">
<input type="hidden" name="step" value="set"><input type="hidden" name="token" value="${token}">
<label>E-mail<input value="${email}" autocomplete="username" readonly></label>
<label>New password, at least 8 characters<input name="password" type="password" autocomplete="new-password" minlength="8" maxlength="128" required></label>
<button>Set it, and end all my sessions</button>
</form>`,
    });
  } catch (thrown) {
    const { status, text } = problemOf(thrown);
    return await pageResponse(context, { title: 'No link', status, body: html`${text}<p><a href="/reset">Ask for another one</a></p>` });
  }
}

async function takeForm(context: GatewayContext): Promise<Response> {
  let token: string | null = null;
  try {
    const filled = await readForm(context, form);
    if (filled.step === 'ask') {
      context.set('audit', 'admin.forgot');
      await requestReset(context, filled.email);
      return await pageResponse(context, {
        title: 'Look into your mail',
        body: html`<p>If there is an admin with this address, a link is on its way to it. It is good for an hour, and once.</p>`,
      });
    }
    ({ token } = filled);
    context.set('audit', 'admin.reset');
    await resetPassword(context, token, filled.password);
    return await pageResponse(context, {
      title: 'It is set',
      cookie: endedCookie(context),
      body: html`<p>All your sessions have ended. Sign in with the new password: <code>bb login</code></p>`,
    });
  } catch (thrown) {
    return token === null ? await showQuestion(context, problemOf(thrown)) : await showLink(context, token, problemOf(thrown));
  }
}
