import type { AuthProvider } from '@betterbase/core';

export interface AcceptedIssuersParts {
  readonly own: () => AuthProvider | null;
  readonly others: () => readonly AuthProvider[];
}

/** Whose tokens are accepted: the project's own, and those that the app names. The same list until one of them changes. */
export class AcceptedIssuers {
  readonly #parts: AcceptedIssuersParts;
  #known: { readonly own: AuthProvider | null; readonly others: readonly AuthProvider[]; readonly all: readonly AuthProvider[] } | null =
    null;

  constructor(parts: AcceptedIssuersParts) {
    this.#parts = parts;
  }

  get all(): readonly AuthProvider[] {
    const own = this.#parts.own();
    const others = this.#parts.others();
    if (own === null) return others;
    if (this.#known?.own !== own || this.#known.others !== others) this.#known = { own, others, all: [own, ...others] };
    return this.#known.all;
  }
}
