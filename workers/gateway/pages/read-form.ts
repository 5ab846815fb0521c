import { BetterBaseError } from '@betterbase/core';
import type * as z from 'zod/mini';
import { addressOf } from '../access/find-principal.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { countRequest } from '../limits/gauge.ts';
import { WindowCounter } from '../limits/window-counter.ts';
import { assertSameOrigin } from '../people/sign-in.ts';
import { inEnglish } from '../schema-messages.ts';
import { assertAllowedAddress } from '../settings/allowed-address.ts';

/** Forms, and programs that want in, of one address in a minute, counted by each isolate for itself. */
const mostForms = 40;
const longestForm = 10_000;

const forms = new WindowCounter();

/** @throws BetterBaseError `auth/forbidden`, `limit/requests` */
export async function assertWelcome(context: GatewayContext): Promise<void> {
  await assertAllowedAddress(context);
  countRequest(forms, addressOf(context) ?? '', mostForms, Date.now());
}

/**
 * What a form of a page of this origin says.
 *
 * @throws BetterBaseError `auth/forbidden` for other pages' forms, `limit/requests`, `http/body-too-large`, `http/bad-body`
 */
export async function readForm<T>(context: GatewayContext, shape: z.ZodMiniType<T>): Promise<T> {
  assertSameOrigin(context);
  await assertWelcome(context);
  const text = await context.req.text();
  if (text.length > longestForm) throw new BetterBaseError('http/body-too-large', 'This form says too much.');
  const parsed = shape.safeParse(Object.fromEntries(new URLSearchParams(text)), inEnglish);
  if (parsed.success) return parsed.data;
  throw new BetterBaseError('http/bad-body', problemsOf(parsed.error), { hint: 'Fill in the form again.' });
}

function problemsOf({ issues }: z.core.$ZodError): string {
  return `${issues.map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': ')).join('; ')}.`;
}
