/** One thing that `npm test` does. */
export interface Step {
  readonly name: string;
  /** Also part of `npm run check`. */
  readonly quick: boolean;
  run(): Promise<StepResult>;
}

export interface StepResult {
  readonly passed: number;
  readonly failed: number;
  /** Printed below the step's line; empty if there is nothing to say. */
  readonly text: string;
}

/** A step that does one thing, as the result of one test. */
export function asResult(ok: boolean, text: string): StepResult {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, text };
}
