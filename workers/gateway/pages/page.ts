/** Pages of the installation itself: plain HTML with forms, no scripts at all. */
import { html } from 'hono/html';
import type { GatewayContext } from '../gateway-context.ts';
import { settingsOf } from '../settings/read-settings.ts';
import { styles } from './styles.ts';

export type Html = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  readonly cookie?: string;
}

/** Everything that is put into `html` is escaped by it. */
export async function pageResponse({ env }: GatewayContext, { title, body, status = 200, cookie }: Page): Promise<Response> {
  const { instance_name: name, contact_email: contact } = await settingsOf(env);
  const nonce = crypto.randomUUID();
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${name}</title>
<style nonce="${nonce}">${styles}</style>
</head>
<body><main><p class="name">${name}</p><h1>${title}</h1>${body}${contact === null ? '' : html`<p class="note">Questions: <a href="mailto:${contact}">${contact}</a></p>`}</main></body>
</html>`;
  return new Response(text.toString(), {
    status,
    headers: {
      ...headers,
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
    },
  });
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // With `no-referrer`, a form's `Origin` would be `null`, and nobody could say whose page it came from.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** After a form: the browser asks for this page, and going back sends nothing again. */
export function seeOther(path: string, cookie?: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location: path, 'cache-control': 'no-store', ...(cookie === undefined ? {} : { 'set-cookie': cookie }) },
  });
}
