/** What an isolate with a project's code gets to know. Nothing secret enters: project code can read all of it. */
export interface RuntimeEnv {
  /** `1` under `bb dev`. */
  readonly BB_DEV?: string;
}
