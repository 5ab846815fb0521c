/** What a column gives back and a parameter may be. Booleans, bigints, dates and undefined are bound wrongly by some databases. */
export type SqlValue = null | number | string | ArrayBuffer;
export type SqlRow = readonly SqlValue[];

/** One statement with its parameters, which `?` marks. */
export interface SqlText {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}
