import { BetterBaseError, completeLimits } from '@betterbase/core';
import type { EdgeDoor } from '@betterbase/engine';
import type { AppliedMigration, Deployment } from '@betterbase/protocol';
import { toWireError } from '../wire-errors.ts';
import { FunctionTable } from './function-table.ts';
import type { ActiveApp, ProjectCode } from './project-code.ts';

export interface StaticAppParts {
  /** False for every project but the one that the app is. */
  readonly isServed: boolean;
  /** The compiled-in app. */
  readonly edge: () => Pick<EdgeDoor, 'describe'>;
  readonly now: () => number;
  readonly digest: (text: string) => Promise<string>;
  /** Prepares all of the project's tables. */
  readonly openTables: () => void;
  /** Of the plan of the next migration, which is in the details of its refusal. */
  readonly consent: string | null;
  readonly appliedMigrations: () => Promise<readonly AppliedMigration[]>;
  readonly hasTables: () => boolean;
}

/**
 * The code of a project whose app is compiled into the Worker.
 *
 * Always true: the deployment is named after what the app defines, so a Worker that defines something else migrates the
 * data when it first serves, and one that does not changes nothing.
 */
export class StaticApp implements ProjectCode {
  readonly #parts: StaticAppParts;
  readonly #startedAt: number;
  #active: ActiveApp | null = null;
  #loading: Promise<void> | null = null;

  constructor(parts: StaticAppParts) {
    this.#parts = parts;
    this.#startedAt = parts.now();
  }

  get active(): ActiveApp | null {
    return this.#active;
  }

  get exists(): boolean {
    return this.#active !== null || this.#parts.hasTables();
  }

  async load(): Promise<void> {
    await this.ready();
  }

  deployment(): string | null {
    return this.#active?.id ?? null;
  }

  adopt(): string | null {
    return this.deployment();
  }

  confirm(): void {}

  consent(): string | null {
    return this.#parts.consent;
  }

  ready(): Promise<void> | null {
    if (this.#active !== null || !this.#parts.isServed) return null;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async deploy(): Promise<Refused> {
    return compiledIn;
  }

  async preview(): Promise<Refused> {
    return compiledIn;
  }

  async rollback(): Promise<Refused> {
    return compiledIn;
  }

  async migrations(): ReturnType<ProjectCode['migrations']> {
    try {
      return { ok: true, migrations: await this.#parts.appliedMigrations() };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  async changeEnvironment(): Promise<Refused> {
    return {
      ok: false,
      error: {
        code: 'environment/static',
        message: 'This installation has one app compiled in, and its environment is the Worker’s.',
        hint: 'Set variables in wrangler.toml, and secrets with `wrangler secret put`.',
      },
    };
  }

  list(): readonly Deployment[] {
    if (this.#active === null) return [];
    return [
      {
        id: this.#active.id,
        state: 'active',
        createdAt: this.#startedAt,
        message: 'compiled in',
        by: null,
        milliseconds: null,
        changes: [],
        error: null,
      },
    ];
  }

  bundle(): string | null {
    return null;
  }

  async #load(): Promise<void> {
    const { edge, digest, openTables } = this.#parts;
    const described = await edge().describe();
    if (!described.ok) throw new BetterBaseError(described.error.code, described.error.message);
    const { manifest } = described;
    openTables();
    this.#active = {
      id: `static-${(await digest(JSON.stringify(manifest))).slice(0, 16)}`,
      manifest,
      functions: new FunctionTable(manifest),
      limits: completeLimits(manifest.limits),
    };
  }
}

type Refused = Extract<Awaited<ReturnType<ProjectCode['deploy']>>, { ok: false }>;

const compiledIn: Refused = {
  ok: false,
  error: {
    code: 'deployment/static',
    message: 'This installation has one app compiled in.',
    hint: 'Build and deploy the Worker again instead.',
  },
};
