/** The real engine in a test's own process. For Node: its store is SQLite in memory. */
export * from './test-engine.ts';
export * from './test-store.ts';
export * from './few-rows.contract.ts';
