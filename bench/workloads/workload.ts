import type { Figures } from '../measure/figures.ts';
import type { RunningSystem } from '../server/running.ts';
import type { Data } from './data.ts';
import type { Scale } from './scale.ts';

/** One system, filled and ready. */
export interface Subject {
  readonly system: RunningSystem;
  readonly data: Data;
}

/** A kind of work that every system does, once per round. */
export interface Workload {
  readonly name: string;
  /** Rounds that are long and steady need no repetition. */
  readonly mostRounds?: number;
  /** Before the first round; takes as long as it takes. */
  prepare?(subject: Subject, scale: Scale): Promise<void>;
  run(subject: Subject, scale: Scale): Promise<Readonly<Record<string, Figures>>>;
}
