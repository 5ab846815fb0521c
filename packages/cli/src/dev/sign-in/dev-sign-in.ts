/**
 * Signing in with vendors under `bb dev` without an account there: a page on this machine, where whoever comes chooses who they are.
 *
 * It is an issuer like any other to the platform, which asks issuers at addresses of this machine under `bb dev` and nowhere else.
 *
 * Holds: the server. That people sign in there is in the project's settings.
 */
import type { ServedSignIn } from '@betterbase/stand-ins/sign-in';
import { readOidc, writeOidc } from '../../commands/auth/oidc-settings.ts';
import { callbackOf } from '../../commands/auth/providers.ts';
import type { Target } from '../../workspace/target.ts';
import { isStandIn, standIn, standInClient, standInIssuer } from './stand-in-issuer.ts';

/** Where it is. */
export interface SignInPlace {
  readonly port: number;
  /** Whether it was elsewhere the last time. */
  readonly hasMoved: boolean;
}

export class DevSignIn {
  readonly #target: Target;
  readonly #port: number;
  readonly #hasMoved: boolean;
  #served: ServedSignIn | null = null;

  constructor(target: Target, { port, hasMoved }: SignInPlace) {
    this.#target = target;
    this.#port = port;
    this.#hasMoved = hasMoved;
  }

  async start(): Promise<void> {
    const { serveSignIn } = await import('@betterbase/stand-ins/sign-in');
    this.#served = await serveSignIn({
      port: this.#port,
      clientId: standInClient,
      issuer: (vendor) => standInIssuer(this.#port, vendor),
      callback: (vendor) => callbackOf(this.#target, vendor),
    });
  }

  /** What was stood in for at another port is at this one. */
  async settle(): Promise<void> {
    if (!this.#hasMoved) return;
    const before = await readOidc(this.#target);
    const moved = Object.entries(before).filter(([name, each]) => isStandIn(each) && each.issuer !== standInIssuer(this.#port, name));
    if (moved.length === 0) return;
    await writeOidc(this.#target, { ...before, ...Object.fromEntries(moved.map(([name]) => [name, standIn(this.#port, name)])) });
  }

  async stop(): Promise<void> {
    await this.#served?.close();
    this.#served = null;
  }
}
