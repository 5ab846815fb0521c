/** How a program gets in that has no browser: it shows a code, and somebody who is signed in lets it in at `/device`. */
import { BetterBaseError } from '@betterbase/core';
import { type DeviceAnswer, type DeviceCode, deviceRequests } from '@betterbase/protocol/admin/device';
import { drizzle } from 'drizzle-orm/d1';
import { Hono } from 'hono';
import { html } from 'hono/html';
import * as z from 'zod/mini';
import { addEntry } from '../access/audit.ts';
import { addressOf } from '../access/find-principal.ts';
import type { Principal } from '../access/principal.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { countRequest } from '../limits/gauge.ts';
import { WindowCounter } from '../limits/window-counter.ts';
import { type Html, pageResponse, seeOther } from '../pages/page.ts';
import { type Problem, problemOf } from '../pages/problem.ts';
import { assertWelcome, readForm } from '../pages/read-form.ts';
import { isWrongCode, proofForm, proofStep, signInForm, signInStep, takeProof, takeSignIn, whoLooks } from '../pages/sign-in-steps.ts';
import { claimDevice, decideDevice, type DeviceRow, findDevice, openDevice, pollDevice, pollInterval } from '../people/device-codes.ts';
import { openSession } from '../people/sign-in.ts';
import { parseJson } from '../request-body.ts';
import { assertAllowedAddress } from '../settings/allowed-address.ts';
import { publicUrlOf } from '../settings/public-url.ts';
import { json } from './admin/answers.ts';
import { codeLockoutOf } from '../people/lockouts.ts';

/** Programs that ask whether they are in, of one address in a minute, counted by each isolate for itself: each asks twelve times. */
const mostQuestions = 240;
const questions = new WindowCounter();

/** What the program shows. */
const shown = { code: z.string().check(z.maxLength(40)) };
const form = z.discriminatedUnion('step', [
  z.extend(signInStep, shown),
  z.extend(proofStep, shown),
  z.object({ step: z.enum(['look', 'approve', 'deny']), ...shown }),
]);

export function deviceRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.post('/device/code', giveCode);
  routes.post('/device/token', giveToken);
  routes.get('/device', (context) => showPage(context, context.req.query('code') ?? ''));
  routes.get('/device/verify', (context) => seeOther(`/device?code=${encodeURIComponent(context.req.query('code') ?? '')}`));
  routes.post('/device', takeForm);
  return routes;
}

async function giveCode(context: GatewayContext): Promise<Response> {
  await assertWelcome(context);
  const { client } = await parseJson(context, deviceRequests.code, 'Send {"client": "bb on my laptop"}.');
  const opened = await openDevice(context.env.DB, { client, address: addressOf(context) }, Date.now());
  const page = `${await publicUrlOf(context)}/device`;
  const told: DeviceCode = {
    device_code: opened.deviceCode,
    user_code: opened.userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?code=${opened.userCode}`,
    expires_in: opened.expiresIn,
    interval: pollInterval,
  };
  return json(told);
}

async function giveToken(context: GatewayContext): Promise<Response> {
  await assertAllowedAddress(context);
  countRequest(questions, addressOf(context) ?? '', mostQuestions, Date.now());
  const { device_code: code } = await parseJson(context, deviceRequests.token, 'Send {"device_code": "…"} as /device/code gave it.');
  const answer = await pollDevice(context.env.DB, code, Date.now());
  switch (answer.state) {
    case 'pending':
      return tell({ error: 'authorization_pending' }, 202);
    case 'hasty':
      return tell({ error: 'slow_down' }, 400);
    case 'denied':
      return tell({ error: 'access_denied' }, 400);
    case 'over':
      return tell({ error: 'expired_token' }, 400);
    case 'unknown':
      return tell({ error: 'invalid_device_code' }, 400);
    case 'approved': {
      const { admin, token, expires_at: expiresAt } = await openSession(context, answer.adminId);
      return tell(
        {
          access_token: token,
          token_type: 'Bearer',
          expires_in: Math.floor((expiresAt - Date.now()) / 1000),
          email: admin.email,
        },
        200,
      );
    }
    default:
      return answer satisfies never;
  }
}

function tell(answer: DeviceAnswer, status: number): Response {
  return json(answer, status);
}

async function showPage(context: GatewayContext, code: string, problem?: Problem): Promise<Response> {
  const who = await whoLooks(context);
  if (who === null) return showSignIn(context, code, problem);
  const { principal } = who;
  if (code === '' || problem !== undefined) return showQuestion(context, code, problem);
  try {
    return await showDevice(context, principal, code, await deviceOf(context, principal, code));
  } catch (thrown) {
    return await showQuestion(context, code, problemOf(thrown));
  }
}

/** Whether a code means anything is told only to those who are signed in. */
function showSignIn(context: GatewayContext, code: string, problem?: Problem): Promise<Response> {
  return pageResponse(context, {
    title: 'Sign in',
    status: problem?.status ?? 200,
    body: html`${problem?.text ?? ''}<p>A program wants to work with this installation in your name. Sign in to look at it.</p>
${signInForm('/device', hidden(code))}`,
  });
}

function showProof(context: GatewayContext, code: string, pass: string, problem?: Problem): Promise<Response> {
  return pageResponse(context, {
    title: 'Your second factor',
    status: problem?.status ?? 200,
    body: html`${problem?.text ?? ''}${proofForm('/device', hidden(code), pass)}`,
  });
}

function hidden(code: string): Html {
  return html`<input type="hidden" name="code" value="${code}">`;
}

function showQuestion(context: GatewayContext, code: string, problem?: Problem): Promise<Response> {
  return pageResponse(context, {
    title: 'Which code does the program show?',
    status: problem?.status ?? 200,
    body: html`${problem?.text ?? ''}<form method="post" action="/device">
<input type="hidden" name="step" value="look">
<label>Code<input name="code" value="${code}" autocomplete="off" autocapitalize="characters" spellcheck="false" required></label>
<button>Go on</button>
</form>`,
  });
}

function showDevice(
  context: GatewayContext,
  principal: Principal,
  code: string,
  { client, address, createdAt }: DeviceRow,
): Promise<Response> {
  return pageResponse(context, {
    title: 'Let this program in?',
    body: html`<p class="code">${code.toUpperCase()}</p>
<dl><dt>It calls itself</dt><dd>${client}</dd><dt>It asked from</dt><dd>${address ?? 'an address that the network does not tell'}, ${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC</dd>
<dt>It will be able to do what you may, as</dt><dd>${principal.name}</dd></dl>
${principal.mustEnrol === true ? html`<p class="problem">It will be able to do nothing before you have a <a href="/second-factor">second factor</a>.</p>` : ''}
<p>Let it in only if you have just started it yourself and it shows this very code.</p>
<form method="post" action="/device"><input type="hidden" name="code" value="${code}">
<button name="step" value="approve">Let it in</button>
<button class="other" name="step" value="deny">Refuse</button></form>`,
  });
}

async function takeForm(context: GatewayContext): Promise<Response> {
  let code = '';
  let pass: string | null = null;
  try {
    const filled = await readForm(context, form);
    ({ code } = filled);
    switch (filled.step) {
      case 'sign-in': {
        const entered = await takeSignIn(context, filled);
        if ('pass' in entered) return await showProof(context, code, entered.pass);
        return seeOther(addressOfPage(code), entered.cookie);
      }
      case 'proof':
        ({ pass } = filled);
        return seeOther(addressOfPage(code), await takeProof(context, filled));
      case 'look':
        return seeOther(addressOfPage(code));
      case 'approve':
      case 'deny':
        return await decide(context, code, filled.step);
      default:
        return filled satisfies never;
    }
  } catch (thrown) {
    const problem = problemOf(thrown);
    return pass !== null && isWrongCode(thrown) ? await showProof(context, code, pass, problem) : await showPage(context, code, problem);
  }
}

async function decide(context: GatewayContext, code: string, step: 'approve' | 'deny'): Promise<Response> {
  const who = await whoLooks(context);
  if (who === null) return await showSignIn(context, code);
  const { principal } = who;
  const { digest, client } = await deviceOf(context, principal, code);
  const state = step === 'approve' ? 'approved' : 'denied';
  if (!(await decideDevice(context.env.DB, digest, { state, adminId: principal.id }, Date.now()))) throw noSuchCode();
  context.set('principal', principal);
  context.set('audit', `device.${step}`);
  await addEntry(drizzle(context.env.DB), context, { resourceType: 'device', resourceId: null, project: null, after: { client } });
  const body =
    step === 'approve'
      ? html`<p><strong>${client}</strong> goes on in a moment. You can close this page.</p>`
      : html`<p>It was refused, and knows it in a moment.</p>`;
  return await pageResponse(context, { title: step === 'approve' ? 'It is in' : 'Refused', body });
}

/** @throws BetterBaseError `auth/too-many-attempts`, `admin/not-found` */
async function deviceOf(context: GatewayContext, { id }: Principal, code: string): Promise<DeviceRow> {
  const lockout = codeLockoutOf(context);
  const attempt = { action: 'device code', account: id, address: addressOf(context) };
  await lockout.enter(attempt);
  const device = await findDevice(context.env.DB, code, Date.now());
  if (device === null) throw noSuchCode();
  await claimDevice(context.env.DB, device.digest, id);
  await lockout.succeeded(attempt);
  return device;
}

function addressOfPage(code: string): string {
  return `/device?code=${encodeURIComponent(code)}`;
}

function noSuchCode(): BetterBaseError {
  return new BetterBaseError('admin/not-found', 'No program waits with this code, or its time is over.', {
    hint: 'Start the program again for a new one.',
  });
}
