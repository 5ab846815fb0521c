/** Whether what callers were told fits one order of events. Pure: it knows no platform and no engine. */
export type * from './anomaly.ts';
export * from './bank.ts';
export * from './check-history.ts';
export * from './history.ts';
