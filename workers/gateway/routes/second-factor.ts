/** The page on which an admin sets up a second factor with a browser alone. */
import { codeProof, login } from '@betterbase/protocol/admin/requests';
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import encodeQR from 'qr';
import * as z from 'zod/mini';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { type Html, pageResponse, seeOther } from '../pages/page.ts';
import { type Problem, problemOf } from '../pages/problem.ts';
import { readForm } from '../pages/read-form.ts';
import { isWrongCode, proofForm, proofStep, signInForm, signInStep, takeProof, takeSignIn, whoLooks } from '../pages/sign-in-steps.ts';
import { type AdminRow, readAdmin } from '../people/admin-store.ts';
import { confirmSecondFactor } from '../people/enrol.ts';
import { beginSecondFactor, confirmedFactor } from '../people/second-factor.ts';
import { checkPassword } from '../people/sign-in.ts';

const page = '/second-factor';
const nothing = html``;
const form = z.discriminatedUnion('step', [
  signInStep,
  proofStep,
  z.object({ step: z.literal('begin'), password: login.shape.password }),
  z.object({ step: z.literal('confirm'), code: codeProof.shape.code }),
]);

const confirmForm = html`<form method="post" action="${page}"><input type="hidden" name="step" value="confirm">
<label>The code that the app shows<input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="40" required></label>
<button>Ask me for codes from now on</button></form>`;

export function secondFactorPages(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get(page, (context) => show(context));
  routes.post(page, takeForm);
  return routes;
}

interface Person {
  readonly admin: AdminRow;
  readonly session: string;
}

async function personOf(context: GatewayContext): Promise<Person | null> {
  const who = await whoLooks(context);
  const admin = who === null ? null : await readAdmin(context.env.DB, who.principal.id);
  if (who === null || admin === null) return null;
  context.set('principal', who.principal);
  return { admin, session: who.session };
}

async function show(context: GatewayContext, problem?: Problem): Promise<Response> {
  const person = await personOf(context);
  if (person === null) return await showForm(context, 'Sign in', signInForm(page, nothing), problem);
  if ((await confirmedFactor(context.env.DB, person.admin.id)) !== null)
    return await showForm(
      context,
      'Your second factor is on',
      html`<p>Take it away or make new backup codes with <code>bb account second-factor</code>.</p>`,
      problem,
    );
  const body = html`<p>An app on your phone makes codes, and signing in asks for one beside the password.</p>
<form method="post" action="${page}"><input type="hidden" name="step" value="begin">
<input type="hidden" autocomplete="username" value="${person.admin.email}">
<label>Your password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Set up a second factor</button></form>`;
  return await showForm(context, 'Second factor', body, problem);
}

function showForm(context: GatewayContext, title: string, body: Html, problem?: Problem): Promise<Response> {
  return pageResponse(context, { title, status: problem?.status ?? 200, body: html`${problem?.text ?? ''}${body}` });
}

async function takeForm(context: GatewayContext): Promise<Response> {
  let retry: ((problem: Problem) => Promise<Response>) | null = null;
  try {
    const filled = await readForm(context, form);
    switch (filled.step) {
      case 'sign-in': {
        const entered = await takeSignIn(context, filled);
        if ('cookie' in entered) return seeOther(page, entered.cookie);
        return await showForm(context, 'Your second factor', proofForm(page, nothing, entered.pass));
      }
      case 'proof':
        retry = (problem) => showForm(context, 'Your second factor', proofForm(page, nothing, filled.pass), problem);
        return seeOther(page, await takeProof(context, filled));
      case 'begin': {
        const person = await personOf(context);
        return person === null ? await show(context) : await begin(context, person, filled.password);
      }
      case 'confirm': {
        const person = await personOf(context);
        if (person === null) return await show(context);
        retry = (problem) => showForm(context, 'Type its code', confirmForm, problem);
        return await confirm(context, person, filled.code);
      }
      default:
        return filled satisfies never;
    }
  } catch (thrown) {
    const problem = problemOf(thrown);
    return retry !== null && isWrongCode(thrown) ? await retry(problem) : await show(context, problem);
  }
}

async function begin(context: GatewayContext, { admin }: Person, password: string): Promise<Response> {
  await checkPassword(context, admin.email, password);
  const { uri, secret } = await beginSecondFactor(context, admin);
  // Of nothing but what stands for squares.
  const picture = raw(encodeQR(uri, 'svg', { ecc: 'low' }));
  const body = html`<p>Scan this with an app that makes codes:</p>
<div class="qr">${picture}</div>
<p>Or type this into it: <code class="secret">${secret.match(/.{1,4}/g)?.join(' ') ?? secret}</code></p>
${confirmForm}`;
  return await showForm(context, 'Scan it', body);
}

async function confirm(context: GatewayContext, { admin, session }: Person, code: string): Promise<Response> {
  context.set('audit', 'second_factor.enable');
  const codes = await confirmSecondFactor(context, { admin: admin.id, kept: session }, code);
  const body = html`<p>Codes are asked for from now on, and your other sessions have ended.</p>
<p>Each of these opens your account once, for the day when the app is gone. Keep them now: they are not shown again.</p>
<ul class="codes">${codes.map((each) => html`<li><code>${each}</code></li>`)}</ul>`;
  return await showForm(context, 'Keep your backup codes', body);
}
