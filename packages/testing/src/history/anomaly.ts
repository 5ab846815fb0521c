/**
 * What can be wrong with a history, by the names of Adya's isolation levels where they have one.
 *
 * `duplicate`: a mark is in a list twice. `invented`: a mark that nobody appended. `split`: two reads that no single order of
 * appends explains. `internal`: a transaction does not see its own appends. `lost append`: an acknowledged append that later
 * reads do not find. `lost update`: two transactions read the same state of a list, and both appended to it.
 */
export type AnomalyType =
  | 'duplicate'
  | 'invented'
  | 'split'
  | 'internal'
  | 'lost append'
  | 'lost update'
  | 'G0'
  | 'G1a'
  | 'G1b'
  | 'G1c'
  | 'G-single'
  | 'G2';

export interface Anomaly {
  readonly type: AnomalyType;
  /** What a cycle needs besides what was written and read: the order of one caller's calls, or that one call ended before another began. */
  readonly through: 'data' | 'caller' | 'time';
  readonly detail: string;
}
