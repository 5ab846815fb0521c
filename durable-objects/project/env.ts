/** What the platform binds to the Worker; `wrangler.toml` and the CLI's `platform-options.ts` say the same. */
import type { ProjectEnv } from './project-env.ts';
import type { ProjectObject } from './project-object.ts';

export interface Env extends ProjectEnv {
  readonly PROJECT: DurableObjectNamespace<ProjectObject>;
  readonly DB: D1Database;
  readonly FILES: R2Bucket;
  readonly DELIVERIES: Queue;
  readonly IMAGES: ImagesBinding;
  /** Sends mail from domains of the account. Absent unless wrangler.toml binds it. */
  readonly EMAIL?: SendEmail;
  readonly ASSETS?: Fetcher;
  /** Count requests of one place, over all isolates there. Absent: each isolate counts for itself. */
  readonly RATE_CALL?: RateLimit;
  readonly RATE_SOCKET?: RateLimit;
  readonly RATE_SIGN_IN?: RateLimit;
  /** Other limits than the defaults, requests in a minute: `{"call": 60000, "socket": 600, "sign-in": 60}`. 0: none. */
  readonly RATE_LIMITS?: string;
  /** `trusted`: pages that projects' own routes serve may do what pages of the installation may. */
  readonly PROJECT_PAGES?: string;
  /** Secret. Who has it may deploy and read everything. */
  readonly ADMIN_KEY?: string;
}
