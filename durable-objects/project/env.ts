/** What the platform binds to the Worker; `wrangler.toml` and the CLI's `platform-options.ts` say the same. */
import type { ProjectEnv } from './project-env.ts';
import type { ProjectObject } from './project-object.ts';

export interface Env extends ProjectEnv {
  readonly PROJECT: DurableObjectNamespace<ProjectObject>;
  readonly DB: D1Database;
  readonly FILES: R2Bucket;
  readonly DELIVERIES: Queue;
  readonly IMAGES: ImagesBinding;
  readonly ASSETS?: Fetcher;
  /** Secret. Who has it may deploy and read everything. */
  readonly ADMIN_KEY?: string;
}
