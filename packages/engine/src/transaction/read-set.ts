/** What one run has read: index intervals and documents by id. */
export interface ReadSet {
  readonly ranges: readonly ReadRange[];
  readonly ids: ReadonlySet<string>;
}

/** [lower, upper) in the keys of one index. */
export interface ReadRange {
  readonly table: string;
  readonly index: string;
  readonly lower: string;
  readonly upper: string;
}
