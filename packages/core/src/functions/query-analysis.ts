/** What `ctx.db.analyze` says of what was read. */
export interface QueryAnalysis {
  /** What was done, step by step, in words. */
  readonly plan: readonly string[];
  readonly tables: readonly string[];
  /** Documents, and rows of SQL where the database counts them (a Durable Object does, Node does not). */
  readonly rowsRead: number;
  readonly rowsReturned: number;
  /** Rows that are read for this: what there is to save. */
  readonly estimatedCost: number;
  /** Tables that were read from end to end. */
  readonly fullScans: readonly string[];
  /** What a query that reads this runs again for: any write to a table, to the range that was read, or to one document. */
  readonly watches: readonly { readonly table: string; readonly by: 'table' | 'range' | 'document' }[];
  /** Lines for schema.ts, each with the table it is for: `tasks: .index('by_owner', ['owner'])`. */
  readonly suggestedIndexes: readonly string[];
  /** More than a hundred rows are read, and most of them in vain or without an index. */
  readonly isSlow: boolean;
}
