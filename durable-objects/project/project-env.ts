/** What the project object reads of the Worker's bindings. */
export interface ProjectEnv {
  /** `InstanceObject`, reached through itty-durable. */
  readonly INSTANCE: DurableObjectNamespace;
  /** Absent where the app is compiled in (`ENGINE_HOST` is `static`). */
  readonly LOADER?: WorkerLoader;
  /** `1` under `bb dev`: callers are told the messages of plain errors. */
  readonly BB_DEV?: string;
  /** JSON of the call in which the previous process stopped answering. */
  readonly BB_HANG?: string;
  /** Secret, 32 characters or more: what rests encrypted is encrypted with keys made of it. */
  readonly ENCRYPTION_KEY?: string;
  /** Where the installation is reached, without a path: `https://betterbase.example.workers.dev`. Functions are told. */
  readonly PUBLIC_URL?: string;
  /** `static`: the app is compiled in. Otherwise it is loaded. */
  readonly ENGINE_HOST?: string;
  /** Agrees to what the compiled-in app takes from documents: the `consent` in the refusal's details. */
  readonly SCHEMA_CONSENT?: string;
  /** The one project of an installation with its app compiled in; `app` when absent. */
  readonly STATIC_PROJECT?: string;
}
