/** What we use of the platform's D1Database. */
export interface D1Binding {
  prepare(sql: string): D1Prepared;
  batch(statements: D1Prepared[]): Promise<readonly D1Answer[]>;
}

export interface D1Prepared {
  bind(...values: unknown[]): D1Prepared;
}

export interface D1Answer {
  readonly results: readonly unknown[];
  /** `changes`: rows inserted, updated or deleted, not counting what indexes and triggers wrote. */
  readonly meta: { readonly changes?: number };
}
