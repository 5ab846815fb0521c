import { functionPathCandidates } from '@betterbase/core';
import type { AppManifest, FunctionManifest } from '@betterbase/protocol';

/** How many spellings are remembered; beyond that they are worked out each time. */
const mostSpellings = 1_000;

/** The functions of the deployed app, by every spelling of their paths. */
export class FunctionTable {
  readonly #functions: ReadonlyMap<string, FunctionManifest>;
  readonly #spellings = new Map<string, string>();

  constructor(manifest: Pick<AppManifest, 'functions'>) {
    this.#functions = new Map(manifest.functions.map((each) => [each.path, each]));
  }

  /**
   * The canonical path that a caller's spelling means. One that names no function comes back in canonical form all the same.
   *
   * @throws BetterBaseError `function/bad-path`
   */
  canonical(spelling: string): string {
    if (this.#functions.has(spelling)) return spelling;
    const known = this.#spellings.get(spelling);
    if (known !== undefined) return known;
    const candidates = functionPathCandidates(spelling);
    const existing = candidates.find((path) => this.#functions.has(path));
    if (existing !== undefined && this.#spellings.size < mostSpellings) this.#spellings.set(spelling, existing);
    return existing ?? candidates[0] ?? spelling;
  }

  kindOf(path: string): FunctionManifest['kind'] | null {
    return this.#functions.get(path)?.kind ?? null;
  }
}
