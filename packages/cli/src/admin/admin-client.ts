/** The admin API of one project, over HTTP. Every method throws the server's own error, or `connection/lost`. */
import type {
  AppliedMigration,
  AppManifest,
  CallLog,
  Deployment,
  DeploymentBundle,
  ProviderReport,
  RollbackRequest,
  SchemaPlan,
  WireError,
} from '@betterbase/protocol';
import type { ProviderManifest } from '@betterbase/core';
import type { Target } from '../workspace/target.ts';
import { adminFetch } from './admin-fetch.ts';
import { readLines } from './read-lines.ts';

export type RunOutcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError };

/** A value is never told again, only when it was set. */
export interface EnvironmentEntry {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

export interface EnvironmentChange {
  readonly set?: Readonly<Record<string, string>>;
  readonly unset?: readonly string[];
}

interface EnvironmentAnswer {
  readonly environment: readonly EnvironmentEntry[];
}

export interface DeployLabels extends Omit<DeploymentBundle, 'app'> {
  readonly signal?: AbortSignal;
}

export interface LogOptions {
  readonly after?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

export class AdminClient {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  async deploy(app: string, options: DeployLabels = {}): Promise<Deployment> {
    const { signal, ...labels } = options;
    const { deployment } = await this.#json<{ deployment: Deployment }>('/deployments', {
      method: 'POST',
      body: JSON.stringify({ app, ...labels }),
      ...(signal ? { signal } : {}),
    });
    return deployment;
  }

  /** What deploying this would do to the data. */
  async preview(bundle: Pick<DeploymentBundle, 'app' | 'provider'>): Promise<SchemaPlan> {
    const { plan } = await this.#json<{ plan: SchemaPlan }>('/deployments/preview', { method: 'POST', body: JSON.stringify(bundle) });
    return plan;
  }

  async rollback(request: RollbackRequest): Promise<Deployment> {
    const { deployment } = await this.#json<{ deployment: Deployment }>('/deployments/rollback', {
      method: 'POST',
      body: JSON.stringify(request),
    });
    return deployment;
  }

  /** Newest first. */
  async deployments(): Promise<readonly Deployment[]> {
    const { deployments } = await this.#json<{ deployments: readonly Deployment[] }>('/deployments', { method: 'GET' });
    return deployments;
  }

  /** Migration functions that have run, oldest first. */
  async migrations(): Promise<readonly AppliedMigration[]> {
    const { migrations } = await this.#json<{ migrations: readonly AppliedMigration[] }>('/migrations', { method: 'GET' });
    return migrations;
  }

  async environment(): Promise<readonly EnvironmentEntry[]> {
    return (await this.#json<EnvironmentAnswer>('/environment', { method: 'GET' })).environment;
  }

  /** All of the change, or nothing. */
  async changeEnvironment(change: EnvironmentChange): Promise<readonly EnvironmentEntry[]> {
    return (await this.#json<EnvironmentAnswer>('/environment', { method: 'PATCH', body: JSON.stringify(change) })).environment;
  }

  /** What a provider is like, seen from the server with the project's environment values. */
  checkProvider(provider: ProviderManifest): Promise<ProviderReport> {
    return this.#json('/provider/check', { method: 'POST', body: JSON.stringify({ provider }) });
  }

  functions(): Promise<AppManifest> {
    return this.#json('/functions', { method: 'GET' });
  }

  run(path: string, args: unknown): Promise<RunOutcome> {
    return this.#json('/run', { method: 'POST', body: JSON.stringify({ path, args }) });
  }

  /** Calls with a sequence above `after`, oldest first; with `follow` it goes on until the connection ends. */
  async *logs({ after = 0, follow = false, signal }: LogOptions = {}): AsyncGenerator<CallLog> {
    const query = `/logs?after=${after}${follow ? '&follow=1' : ''}`;
    const response = await this.#fetch(query, { method: 'GET', ...(signal ? { signal } : {}) });
    if (response.body === null) return;
    for await (const line of readLines(response.body)) yield JSON.parse(line);
  }

  async #json<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const response = await this.#fetch(path, init);
    return (await response.json()) as Answer;
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    return adminFetch(this.#target, path, init);
  }
}
