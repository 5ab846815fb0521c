/** The admin API of the whole installation. Every method throws the server's own error, or `connection/lost`. */
import type { AdminCall, AdminCallArguments, AdminRoute, AnswerOf, BodyOf } from '@betterbase/protocol/admin';
import type { Installation } from '../workspace/target.ts';
import { askAdmin } from './admin-fetch.ts';

/** `key` is told this once. */
export type CreatedKey = AnswerOf<'POST /admin/api-keys'>;
export type RevokedKey = AnswerOf<'DELETE /admin/api-keys/:id'>;
export type RotatedKey = AnswerOf<'POST /admin/projects/:project/keys/:kind/rotate'>;
export type ShownKey = CreatedKey['api_key'];
/** `keys` are told this once. */
export type CreatedProject = AnswerOf<'POST /admin/projects'>;
export type ShownProject = CreatedProject['project'];
export type AuditPage = AnswerOf<'GET /admin/audit'>;
export type AuditEntry = AuditPage['logs'][number];
export type AuditQuestion = NonNullable<AdminCall<'GET /admin/audit'>['query']>;

export class ControlClient {
  readonly #installation: Installation;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** Newest first, revoked ones too. */
  async keys(): Promise<readonly ShownKey[]> {
    return (await this.#ask('GET /admin/api-keys')).api_keys;
  }

  createKey(order: BodyOf<'POST /admin/api-keys'>): Promise<CreatedKey> {
    return this.#ask('POST /admin/api-keys', { body: order });
  }

  /** `keepMade`: the keys that it made go on. */
  revokeKey(id: string, keepMade: boolean): Promise<RevokedKey> {
    return this.#ask('DELETE /admin/api-keys/:id', { params: { id }, query: keepMade ? { keep_made: 'true' } : {} });
  }

  /** `keepMade`: the keys that the one before it made go on. */
  rotateKey(project: string, kind: string, keepMade: boolean): Promise<RotatedKey> {
    const query = keepMade ? { keep_made: 'true' as const } : {};
    return this.#ask('POST /admin/projects/:project/keys/:kind/rotate', { params: { project, kind }, query });
  }

  async projects(): Promise<readonly ShownProject[]> {
    return (await this.#ask('GET /admin/projects')).projects;
  }

  createProject(order: BodyOf<'POST /admin/projects'>): Promise<CreatedProject> {
    return this.#ask('POST /admin/projects', { body: order });
  }

  async renameProject(project: string, name: string): Promise<ShownProject> {
    return (await this.#ask('PATCH /admin/projects/:project', { params: { project }, body: { name } })).project;
  }

  async setStanding(project: string, standing: 'suspend' | 'resume'): Promise<ShownProject> {
    return (await this.#ask(`POST /admin/projects/:project/${standing}`, { params: { project } })).project;
  }

  async deleteProject(project: string, confirm: string): Promise<void> {
    await this.#ask('DELETE /admin/projects/:project', { params: { project }, body: { confirm } });
  }

  audit(query: AuditQuestion): Promise<AuditPage> {
    return this.#ask('GET /admin/audit', { query });
  }

  #ask<Route extends AdminRoute>(route: Route, ...call: AdminCallArguments<Route>): Promise<AnswerOf<Route>> {
    return askAdmin(this.#installation, route, ...call);
  }
}
