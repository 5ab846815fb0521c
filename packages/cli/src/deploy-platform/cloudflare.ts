/** wrangler on one account. */
import type { Wrangler, WranglerResult } from './wrangler.ts';
import { deployFailure } from './failure.ts';

export class Cloudflare {
  readonly #wrangler: Wrangler;
  readonly #account: string;

  constructor(wrangler: Wrangler, account: string) {
    this.#wrangler = wrangler;
    this.#account = account;
  }

  /** For commands whose failure is an answer too. */
  try(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<WranglerResult> {
    return this.#wrangler.run(args, { CLOUDFLARE_ACCOUNT_ID: this.#account, ...env });
  }

  /** @throws BetterBaseError `platform/does-not-deploy`, with `problem` as its message */
  async run(problem: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<WranglerResult> {
    const result = await this.try(args, env);
    if (!result.ok) throw deployFailure(problem, result.output);
    return result;
  }
}
