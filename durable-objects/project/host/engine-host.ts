import type { EngineDoor } from '@betterbase/engine';

/** Where the project's engine runs. It knows code and processes; it does not know calls. */
export interface EngineHost {
  /**
   * The engine running a deployment's code, started if it is not running. While an engine runs, asking for another
   * deployment gives the old one: `abort` first.
   */
  start(deployment: string): EngineDoor;

  /** Ends the engine at once. What it had committed stays; calls under way fail. Does nothing when none runs. */
  abort(reason: string): void;
}
