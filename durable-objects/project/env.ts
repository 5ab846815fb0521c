/** What the platform binds to the Worker; `wrangler.toml` and the CLI's `platform-options.ts` say the same. */
import type { ProjectObject } from './project-object.ts';

export interface Env {
  readonly PROJECT: DurableObjectNamespace<ProjectObject>;
  /** `InstanceObject`, reached through itty-durable. */
  readonly INSTANCE: DurableObjectNamespace;
  /** Absent where the app is compiled in (`ENGINE_HOST` is `static`). */
  readonly LOADER?: WorkerLoader;
  readonly DB: D1Database;
  readonly FILES: R2Bucket;
  readonly DELIVERIES: Queue;
  readonly IMAGES: ImagesBinding;
  readonly ASSETS?: Fetcher;
  /** Secret. Who has it may deploy and read everything. */
  readonly ADMIN_KEY?: string;
  /** `1` under `bb dev`: callers are told the messages of plain errors. */
  readonly BB_DEV?: string;
  /** JSON of the call in which the previous process stopped answering. */
  readonly BB_HANG?: string;
  /** `static`: the app is compiled in. Otherwise it is loaded. */
  readonly ENGINE_HOST?: string;
  /** The one project of an installation with its app compiled in; `app` when absent. */
  readonly STATIC_PROJECT?: string;
}
