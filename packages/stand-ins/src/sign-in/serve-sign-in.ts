import { buffer } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLoopbackServer } from '../loopback-server.ts';
import { SignInStandIn } from './sign-in-stand-in.ts';
import { type VendorName, vendorNames } from './vendor.ts';
import { openId } from './vendors/open-id.ts';

export interface ServedSignIn {
  /** Ends its connections too. */
  close(): Promise<void>;
}

export interface SignInServing {
  readonly port: number;
  /** The app, as all vendors know it. */
  readonly clientId: string;
  /** Where each vendor's stand-in is, on that port. */
  readonly issuer: (vendor: VendorName) => string;
  /** Where each sends people back to. */
  readonly callback: (vendor: VendorName) => string;
}

/**
 * Serves stand-ins of all vendors to browsers and servers of this machine, as issuers that speak OpenID Connect, with a page on
 * which whoever comes chooses who they are.
 */
export async function serveSignIn({ port, clientId, issuer, callback }: SignInServing): Promise<ServedSignIn> {
  const vendors = new SignInStandIn(vendorNames.map((name) => openId(name, issuer(name))));
  for (const name of vendorNames) vendors.register(name, { id: clientId, secret: '', redirects: [callback(name)] });
  const server = await startLoopbackServer(async (request, response) => {
    const answer = await vendors.answer(await toRequest(request, port));
    await send(answer ?? new Response('There is nothing here.', { status: 404 }), response);
  }, port);
  return { close: () => server.close() };
}

/** Whatever name it was asked by: there is only one. */
async function toRequest(request: IncomingMessage, port: number): Promise<Request> {
  const { method = 'GET', url = '/', headers } = request;
  const body = method === 'GET' || method === 'HEAD' ? null : new Uint8Array(await buffer(request));
  const brought = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return new Request(new URL(url, `http://127.0.0.1:${port}`), { method, headers: brought, body });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
}
