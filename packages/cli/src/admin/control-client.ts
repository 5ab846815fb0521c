/** The admin API of the whole installation, over HTTP. Every method throws the server's own error, or `connection/lost`. */
import type { Installation } from '../workspace/target.ts';
import { installationFetch } from './admin-fetch.ts';

export interface ShownKey {
  readonly id: string;
  readonly kind: 'live' | 'publishable' | 'secret' | 'admin';
  readonly project: string | null;
  readonly name: string;
  readonly role: string | null;
  readonly scopes: readonly string[];
  readonly prefix: string;
  /** ms since 1970, like the other times. */
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

/** `key` is told this once. */
export interface CreatedKey {
  readonly api_key: ShownKey;
  readonly key: string;
}

export interface KeyOrder {
  readonly name: string;
  readonly role?: string;
  readonly scopes?: readonly string[];
  readonly project?: string;
  /** ISO 8601 */
  readonly expires_at?: string;
}

export interface ShownProject {
  readonly slug: string;
  readonly name: string;
  /** ms since 1970; null: not yet */
  readonly deployedAt: number | null;
  /** ms since 1970; null: it is open */
  readonly suspendedAt: number | null;
}

/** `keys` are told this once. */
export interface CreatedProject {
  readonly project: ShownProject;
  readonly keys: Readonly<Record<string, string>>;
}

export interface AuditEntry {
  readonly id: string;
  /** ms since 1970 */
  readonly at: number;
  readonly actor: string;
  readonly actor_name: string;
  readonly address: string | null;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string | null;
  readonly project: string | null;
  /** `done`, `unknown`, or the code of an error. */
  readonly outcome: string;
  readonly before_data: unknown;
  readonly after_data: unknown;
}

export interface AuditPage {
  /** Newest first. */
  readonly logs: readonly AuditEntry[];
  /** With the other pages. */
  readonly total: number;
}

export class ControlClient {
  readonly #installation: Installation;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** Newest first, revoked ones too. */
  async keys(): Promise<readonly ShownKey[]> {
    return (await this.#json<{ api_keys: readonly ShownKey[] }>('GET', '/api-keys')).api_keys;
  }

  createKey(order: KeyOrder): Promise<CreatedKey> {
    return this.#json('POST', '/api-keys', order);
  }

  async revokeKey(id: string): Promise<void> {
    await this.#json('DELETE', `/api-keys/${encodeURIComponent(id)}`);
  }

  rotateKey(project: string, kind: string): Promise<CreatedKey> {
    return this.#json('POST', `/projects/${project}/keys/${encodeURIComponent(kind)}/rotate`, {});
  }

  async projects(): Promise<readonly ShownProject[]> {
    return (await this.#json<{ projects: readonly ShownProject[] }>('GET', '/projects')).projects;
  }

  createProject(order: { readonly slug: string; readonly name?: string; readonly region?: string }): Promise<CreatedProject> {
    return this.#json('POST', '/projects', order);
  }

  async renameProject(slug: string, name: string): Promise<ShownProject> {
    return (await this.#json<{ project: ShownProject }>('PATCH', `/projects/${slug}`, { name })).project;
  }

  async setStanding(slug: string, standing: 'suspend' | 'resume'): Promise<ShownProject> {
    return (await this.#json<{ project: ShownProject }>('POST', `/projects/${slug}/${standing}`)).project;
  }

  async deleteProject(slug: string, confirm: string): Promise<void> {
    await this.#json('DELETE', `/projects/${slug}`, { confirm });
  }

  audit(question: Readonly<Record<string, string>>): Promise<AuditPage> {
    return this.#json('GET', `/audit?${new URLSearchParams(question)}`);
  }

  async #json<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await installationFetch(this.#installation, path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Answer;
  }
}
