import { errorCodes, isBetterBaseError } from '@betterbase/core';
import { html } from 'hono/html';
import { toWireError } from '../failure.ts';
import type { Html } from './page.ts';
import { newRequestId } from '../request-id.ts';

export interface Problem {
  readonly status: number;
  readonly text: Html;
}

/** What went wrong, as a page tells it. What has no code is logged, and told to nobody. */
export function problemOf(thrown: unknown): Problem {
  const { code, message, hint } = toWireError(thrown, newRequestId());
  const isKnown = isBetterBaseError(thrown);
  return { status: errorCodes[code].status, text: html`<p class="problem" role="alert">${message} ${isKnown ? (hint ?? '') : ''}</p>` };
}
