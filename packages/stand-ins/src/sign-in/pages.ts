/** What browsers are shown. */
import type { Person } from './person.ts';

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1.5rem}
h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:0 0 1.5rem;opacity:.75}a{display:flex;justify-content:space-between;gap:1rem;padding:.75rem 1rem;
margin:.5rem 0;border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.6rem;text-decoration:none;color:inherit}
a:hover,a:focus-visible{border-color:currentColor}a small{opacity:.65;text-align:right}a.no{justify-content:center;border-style:dashed}`;

export interface AskPage {
  readonly vendor: string;
  readonly app: string;
  readonly url: URL;
  /** What the choice is called. */
  readonly field: string;
  readonly people: readonly Person[];
}

/** Who would you like to be? */
export function askPage({ vendor, app, url, field, people }: AskPage): Response {
  const to = (value: string): string => {
    const query = new URLSearchParams(url.search);
    query.set(field, value);
    return escape(`?${query.toString()}`);
  };
  const rows = people.map(
    ({ id, name, email, isVerified }) =>
      `<a href="${to(id)}"><span>${escape(name)}</span><small>${escape(email ?? 'no address')}${email !== null && !isVerified ? '<br>not confirmed' : ''}</small></a>`,
  );
  return page(
    200,
    `Sign in with ${vendor}`,
    `<p>Nobody has to have an account: this page stands in for ${vendor} on this machine. Who would you like to be in <b>${escape(app)}</b>?</p>
${rows.join('\n')}
<a class="no" href="${to('nobody')}">Refuse</a>`,
  );
}

/** Comes back by itself, as a form that another site sends. */
export function postPage(action: string, fields: Readonly<Record<string, string>>): Response {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`);
  return page(
    200,
    'One moment',
    `<form method="post" action="${escape(action)}">${inputs.join('')}<noscript><button>Go on</button></noscript></form><script>document.forms[0].submit()</script>`,
  );
}

export function problemPage(vendor: string, problem: string): Response {
  return page(400, `${vendor} refuses this visit`, `<p>${escape(problem)}</p>`);
}

function page(status: number, title: string, body: string): Response {
  const text = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>
<style>${style}</style><h1>${escape(title)}</h1>${body}</html>`;
  return new Response(text, { status, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' } });
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
