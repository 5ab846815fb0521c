/** A browser that signs in with vendors, and the page it comes from. */
import { createHash, randomBytes } from 'node:crypto';
import type { SignInStandIn, VendorName } from '@betterbase/stand-ins/sign-in';
import type { UsersBench } from './users-bench.ts';

export interface Ended {
  /** Where the browser is at last; its code, if it has one, was exchanged. */
  readonly page: URL | null;
  /** What the page was told for its code; null: it got none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what a stranger would get, and compares it with what it expects.
  readonly answer: { readonly status: number; readonly body: any } | null;
  /** Of the last response. */
  readonly text: string;
}

const page = 'http://127.0.0.1:5173/welcome?tab=1';

export class Visitor {
  readonly #bench: UsersBench;
  readonly #vendors: SignInStandIn;
  readonly #jar = new Map<string, { readonly pair: string; readonly path: string }>();
  /** The last steps, to be done again or otherwise. */
  readonly steps: Request[] = [];

  constructor(bench: UsersBench, vendors: SignInStandIn) {
    this.#bench = bench;
    this.#vendors = vendors;
  }

  forgetCookies(): void {
    this.#jar.clear();
  }

  /** Leaves for a vendor, comes back, and shows the page's code. */
  async signIn(vendor: VendorName, more: Readonly<Record<string, string>> = {}, token?: string): Promise<Ended> {
    const { request, verifier } = this.begin(vendor, more);
    return await this.finish(await this.go(request), verifier, token);
  }

  /** Adds an account of a vendor to that of whoever has this session. */
  async link(vendor: VendorName, token: string): Promise<Ended> {
    const { body } = await this.#bench.post('/link-code', {}, { token });
    return await this.signIn(vendor, { link: body.code }, token);
  }

  begin(vendor: string, more: Readonly<Record<string, string>> = {}): { readonly request: Request; readonly verifier: string } {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const query = new URLSearchParams({ redirectTo: page, code_challenge: challenge, ...more });
    return { request: new Request(`${this.#base}/authorize/${vendor}?${query.toString()}`), verifier };
  }

  /** As far as redirects and forms lead, at most to the app's page. */
  async go(request: Request): Promise<Response> {
    const response = await this.step(request);
    const next = await nextOf(response.clone(), request.url);
    return next === null || next.url.startsWith('http://127.0.0.1:5173/') ? response : await this.go(next);
  }

  /** One request, wherever it goes. */
  async step(request: Request): Promise<Response> {
    this.steps.push(request.clone());
    if (!request.url.startsWith(`${this.#bench.origin}/`)) {
      const answered = await this.#vendors.answer(request);
      if (answered === null) throw new Error(`Nobody is at ${request.url}.`);
      return answered;
    }
    const { pathname } = new URL(request.url);
    const cookies = [...this.#jar.values()].filter(({ path }) => pathname === path || pathname.startsWith(path.replace(/\/?$/, '/')));
    // With a form of another site browsers send no cookie that is `SameSite=Lax`.
    const headers = new Headers(request.headers);
    if (cookies.length > 0 && request.method === 'GET') headers.set('cookie', cookies.map(({ pair }) => pair).join('; '));
    const response = await this.#bench.fetch(new Request(request, { headers }));
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const path = /; *path=([^;]*)/i.exec(cookie)?.[1] ?? '/';
      this.#jar.set(pair.slice(0, pair.indexOf('=')), { pair, path });
    }
    return response;
  }

  async finish(response: Response, verifier: string, token?: string): Promise<Ended> {
    const location = response.headers.get('location');
    const text = await response.text();
    if (location === null) return { page: null, answer: null, text };
    const url = new URL(location);
    const code = url.searchParams.get('code');
    if (code === null) return { page: url, answer: null, text };
    url.searchParams.delete('code');
    const { status, body } = await this.#bench.post('/exchange', { code, verifier }, { token });
    return { page: url, answer: { status, body }, text };
  }

  get #base(): string {
    return `${this.#bench.origin}/p/${this.#bench.project}/auth`;
  }
}

/** What a browser does next by itself; null: nothing. */
async function nextOf(response: Response, from: string): Promise<Request | null> {
  const location = response.headers.get('location');
  if (location !== null) return new Request(new URL(location, from));
  const text = await response.text();
  const action = /<form method="post" action="([^"]*)">/.exec(text)?.[1];
  if (action === undefined) return null;
  const fields = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const body = new URLSearchParams(fields.map(([, name = '', value = '']) => [name, unescape(value)]));
  return new Request(unescape(action), { method: 'POST', body, headers: { origin: new URL(from).origin } });
}

function unescape(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
