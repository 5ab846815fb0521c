/** What an isolate with a project's code gets to know. Nothing secret but the project's own enters: project code can read all of it. */
export interface RuntimeEnv {
  /** `1` under `bb dev`. */
  readonly BB_DEV?: string;
  /** What the project is called. */
  readonly BB_PROJECT?: string;
  /** What the project's functions find in `process.env`. */
  readonly VALUES?: Readonly<Record<string, string>>;
}
