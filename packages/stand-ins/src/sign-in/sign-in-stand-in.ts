/**
 * Vendors whom people sign in with, on this machine: each speaks as its documentation says, to browsers and to servers.
 *
 * Holds: who is registered, and what was granted. Does not hold: a network. Whoever routes requests here decides what goes out.
 */
import { createHash, randomBytes } from 'node:crypto';
import { IdTokens } from './id-tokens.ts';
import { askPage, postPage, problemPage } from './pages.ts';
import { type Person, samplePeople } from './person.ts';
import type { Grant, TokenFault, Vendor, VendorClient, VendorName } from './vendor.ts';
import { apple } from './vendors/apple.ts';
import { discord } from './vendors/discord.ts';
import { facebook } from './vendors/facebook.ts';
import { github } from './vendors/github.ts';
import { google } from './vendors/google.ts';
import { microsoft } from './vendors/microsoft.ts';
import { twitter } from './vendors/twitter.ts';

/** All that have manners of their own. */
const ownVendors: readonly Vendor[] = [google, github, discord, apple, microsoft, twitter, facebook];

/** A field of the page that asks, which no vendor has. */
const chosen = 'stand_in_person';

export class SignInStandIn {
  /** Who may be chosen. */
  people: readonly Person[] = samplePeople;
  /** Who consents without being asked; `nobody` refuses; null: a page asks. */
  visitor: Person | 'nobody' | null = null;
  /** What browsers came with. */
  readonly visits: URL[] = [];
  readonly #vendors: readonly Vendor[];
  readonly #ids: ReadonlyMap<string, IdTokens>;
  readonly #clients = new Map<string, VendorClient>();
  readonly #codes = new Map<string, Grant>();
  readonly #accessTokens = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, Grant>();
  readonly #known = new Set<string>();

  constructor(vendors: readonly Vendor[] = ownVendors) {
    this.#vendors = vendors;
    this.#ids = new Map(vendors.map(({ name }) => [name, new IdTokens(name)]));
  }

  /** An app is known to a vendor from now on. */
  register(vendor: VendorName, client: VendorClient): void {
    this.#clients.set(`${vendor} ${client.id}`, client);
  }

  /** The ID tokens of a vendor, for tests that spoil them. */
  idTokens(vendor: string): IdTokens {
    const ids = this.#ids.get(vendor);
    if (ids === undefined) throw new Error(`Nobody stands in for ${vendor}.`);
    return ids;
  }

  /** Forgets that anybody was ever in any app. */
  forgetVisits(): void {
    this.#known.clear();
  }

  /** What the vendor would say; null: the address is none of theirs. */
  async answer(request: Request): Promise<Response | null> {
    const url = new URL(request.url);
    const address = url.host + decodeURIComponent(url.pathname);
    for (const vendor of this.#vendors) {
      if (vendor.authorize.test(address)) return await this.#visit(vendor, url);
      if (vendor.token.test(address)) return await this.#token(vendor, request);
      const resource = vendor.resources.find(([path]) => path.test(address))?.[1];
      if (resource === undefined) continue;
      const bearer = /^bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
      const grantOf = (token: string): Grant | null => this.#accessTokens.get(`${vendor.name} ${token}`) ?? null;
      return await resource({ request, url, grant: grantOf(bearer), grantOf, ids: this.idTokens(vendor.name) });
    }
    return null;
  }

  async #visit(vendor: Vendor, url: URL): Promise<Response> {
    const { searchParams: params } = url;
    this.visits.push(url);
    const client = this.#clients.get(`${vendor.name} ${params.get('client_id') ?? ''}`);
    if (client === undefined) return problemPage(vendor.name, 'There is no app with this client_id.');
    const redirect = params.get('redirect_uri') ?? '';
    if (!client.redirects.includes(redirect))
      return problemPage(vendor.name, `The app is not registered with the redirect_uri ${redirect}.`);
    const problem = visitProblem(vendor, params);
    if (problem !== null) return problemPage(vendor.name, problem);
    const state = params.get('state') ?? '';
    const asked = params.get(chosen);
    const visitor = this.visitor ?? (asked === null ? null : (this.people.find(({ id }) => id === asked) ?? 'nobody'));
    if (visitor === null) return askPage({ vendor: vendor.name, app: client.id, url, field: chosen, people: this.people });
    const back = visitor === 'nobody' ? { ...vendor.denied, state } : { ...(await this.#grant(vendor, client, visitor, params)), state };
    if (vendor.isFormPost === true && params.get('response_mode') === 'form_post') return postPage(redirect, back);
    const location = new URL(redirect);
    for (const [name, value] of Object.entries(back)) location.searchParams.set(name, value);
    return new Response(null, { status: 302, headers: { location: location.href } });
  }

  async #grant(vendor: Vendor, client: VendorClient, person: Person, params: URLSearchParams): Promise<Record<string, string>> {
    const known = `${vendor.name} ${client.id} ${person.id}`;
    const grant: Grant = {
      client,
      person,
      scopes: (params.get('scope') ?? '').split(/[ ,]+/).filter((scope) => scope !== ''),
      redirect: params.get('redirect_uri') ?? '',
      nonce: params.get('nonce'),
      challenge: vendor.pkce === 'ignored' ? null : params.get('code_challenge'),
      isFirst: !this.#known.has(known),
    };
    this.#known.add(known);
    const code = randomBytes(24).toString('base64url');
    this.#codes.set(`${vendor.name} ${code}`, grant);
    return { code, ...(await vendor.backWith?.(grant, this.idTokens(vendor.name), code)) };
  }

  async #token(vendor: Vendor, request: Request): Promise<Response> {
    if (request.method !== 'POST' || request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') !== true)
      return new Response('A form is expected.', { status: 400 });
    const form = new URLSearchParams(await request.text());
    const client = await this.#clientOf(vendor, request, form);
    if (client === null) return vendor.refuse('client');
    const grant = form.get('grant_type') === 'refresh_token' ? this.#refreshed(vendor, form) : this.#redeemed(vendor, form);
    if (typeof grant === 'string') return vendor.refuse(grant);
    if (grant.client.id !== client.id) return vendor.refuse('code');
    const [accessToken, refreshToken] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
    this.#accessTokens.set(`${vendor.name} ${accessToken}`, grant);
    this.#refreshTokens.set(`${vendor.name} ${refreshToken}`, grant);
    const tokens = await vendor.tokens(grant, { accessToken, refreshToken }, this.idTokens(vendor.name));
    if (vendor.tokensAsForm?.(request) !== true) return Response.json(tokens, { headers: { 'cache-control': 'no-store' } });
    return new Response(new URLSearchParams(Object.entries(tokens).map(([name, value]) => [name, String(value)])));
  }

  /** A code is good once, even for whoever fails with it. */
  #redeemed(vendor: Vendor, form: URLSearchParams): Grant | TokenFault {
    const key = `${vendor.name} ${form.get('code') ?? ''}`;
    const grant = this.#codes.get(key);
    this.#codes.delete(key);
    if (grant === undefined || form.get('grant_type') !== 'authorization_code') return 'code';
    if (grant.redirect !== form.get('redirect_uri')) return 'redirect';
    const digest = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    return grant.challenge === null || grant.challenge === digest ? grant : 'verifier';
  }

  #refreshed(vendor: Vendor, form: URLSearchParams): Grant | TokenFault {
    return this.#refreshTokens.get(`${vendor.name} ${form.get('refresh_token') ?? ''}`) ?? 'code';
  }

  async #clientOf(vendor: Vendor, request: Request, form: URLSearchParams): Promise<VendorClient | null> {
    const basic = /^basic +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (basic === undefined ? vendor.showsSecret === 'in-header' : vendor.showsSecret === 'in-body') return null;
    const [id = '', secret = ''] =
      basic === undefined
        ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
        : Buffer.from(basic, 'base64')
            .toString()
            .split(':')
            .map((part: string) => new URLSearchParams(`part=${part}`).get('part') ?? '');
    const client = this.#clients.get(`${vendor.name} ${id}`);
    if (client === undefined) return null;
    const isRight = vendor.isSecret === undefined ? secret === client.secret : await vendor.isSecret(secret, client);
    return isRight ? client : null;
  }
}

function visitProblem(vendor: Vendor, params: URLSearchParams): string | null {
  if (!(params.get('response_type') ?? '').split(' ').includes('code')) return 'The response_type must be code.';
  const challenge = params.get('code_challenge');
  if (vendor.pkce === 'required' && challenge === null) return 'A code_challenge is required.';
  if (vendor.pkce !== 'ignored' && challenge !== null && params.get('code_challenge_method') !== 'S256')
    return 'The code_challenge_method must be S256.';
  return vendor.visitProblem?.(params) ?? null;
}
