/** The admin API of one project. Every method throws the server's own error, or `connection/lost`. */
import type {
  AppliedMigration,
  AppManifest,
  CallLog,
  Deployment,
  DeploymentBundle,
  ProviderReport,
  RollbackRequest,
  SchemaPlan,
} from '@betterbase/protocol';
import { type AnswerOf, type BodyOf, toAdminCall } from '@betterbase/protocol/admin';
import type { ProviderManifest } from '@betterbase/core';
import type { Target } from '../workspace/target.ts';
import { adminFetch, askAdmin, readAnswer } from './admin-fetch.ts';
import { isRecord } from '../json/is-record.ts';
import { readLines } from './read-lines.ts';

export type RunOutcome = AnswerOf<'POST /admin/projects/:project/run'>;

/** A value is never told again, only when it was set. */
export type EnvironmentEntry = AnswerOf<'GET /admin/projects/:project/environment'>['environment'][number];
export type EnvironmentChange = BodyOf<'PATCH /admin/projects/:project/environment'>;

export type PolicyQuestion = BodyOf<'POST /admin/projects/:project/policies/test'>;
export type PolicyAnswer = AnswerOf<'POST /admin/projects/:project/policies/test'>;

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
  readonly #params: { readonly project: string };

  constructor(target: Target) {
    this.#target = target;
    this.#params = { project: target.project };
  }

  async deploy(app: string, options: DeployLabels = {}): Promise<Deployment> {
    const { signal, ...labels } = options;
    const call = toAdminCall('POST /admin/projects/:project/deployments', { params: this.#params, body: { app, ...labels } });
    return (await readAnswer<'POST /admin/projects/:project/deployments'>(await adminFetch(this.#target, call, signal))).deployment;
  }

  /** What deploying this would do to the data. */
  async preview(body: Pick<DeploymentBundle, 'app' | 'provider'>): Promise<SchemaPlan> {
    return (await askAdmin(this.#target, 'POST /admin/projects/:project/deployments/preview', { params: this.#params, body })).plan;
  }

  async rollback(body: RollbackRequest): Promise<Deployment> {
    return (await askAdmin(this.#target, 'POST /admin/projects/:project/deployments/rollback', { params: this.#params, body })).deployment;
  }

  /** Newest first. */
  async deployments(): Promise<readonly Deployment[]> {
    return (await askAdmin(this.#target, 'GET /admin/projects/:project/deployments', { params: this.#params })).deployments;
  }

  /** Migration functions that have run, oldest first. */
  async migrations(): Promise<readonly AppliedMigration[]> {
    return (await askAdmin(this.#target, 'GET /admin/projects/:project/migrations', { params: this.#params })).migrations;
  }

  async environment(): Promise<readonly EnvironmentEntry[]> {
    return (await askAdmin(this.#target, 'GET /admin/projects/:project/environment', { params: this.#params })).environment;
  }

  /** All of the change, or nothing. */
  async changeEnvironment(body: EnvironmentChange): Promise<readonly EnvironmentEntry[]> {
    return (await askAdmin(this.#target, 'PATCH /admin/projects/:project/environment', { params: this.#params, body })).environment;
  }

  /** What a provider is like, seen from the server with the project's environment values. */
  checkProvider(provider: ProviderManifest): Promise<ProviderReport> {
    return askAdmin(this.#target, 'POST /admin/projects/:project/provider/check', { params: this.#params, body: { provider } });
  }

  /** Another program has written to the project's database. Returns what was found. */
  async invalidate(): Promise<{ readonly changed: number; readonly refused: number }> {
    const response = await adminFetch(this.#target, { method: 'POST', path: `/p/${this.#target.project}/invalidate`, body: '{}' });
    const found: unknown = await response.json();
    const count = (name: string): number => (isRecord(found) && typeof found[name] === 'number' ? found[name] : 0);
    return { changed: count('changed'), refused: count('refused') };
  }

  policies(): Promise<AnswerOf<'GET /admin/projects/:project/policies'>> {
    return askAdmin(this.#target, 'GET /admin/projects/:project/policies', { params: this.#params });
  }

  testPolicies(body: PolicyQuestion): Promise<PolicyAnswer> {
    return askAdmin(this.#target, 'POST /admin/projects/:project/policies/test', { params: this.#params, body });
  }

  functions(): Promise<AppManifest> {
    return askAdmin(this.#target, 'GET /admin/projects/:project/functions', { params: this.#params });
  }

  run(path: string, args: unknown): Promise<RunOutcome> {
    return askAdmin(this.#target, 'POST /admin/projects/:project/run', { params: this.#params, body: { path, args } });
  }

  /** Calls with a sequence above `after`, oldest first; with `follow` it goes on until the connection ends. */
  async *logs({ after = 0, follow = false, signal }: LogOptions = {}): AsyncGenerator<CallLog> {
    const query = { after: String(after), ...(follow ? { follow: '1' } : {}) };
    const call = toAdminCall('GET /admin/projects/:project/logs', { params: this.#params, query });
    const response = await adminFetch(this.#target, call, signal);
    if (response.body === null) return;
    for await (const line of readLines(response.body)) yield JSON.parse(line);
  }
}
