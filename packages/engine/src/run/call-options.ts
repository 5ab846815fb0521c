/** The third argument of `ctx.runQuery` and `ctx.runMutation`. */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import type { Scheduler } from '../schedule/scheduler.ts';
import type { Narrowing } from '../transaction/allowances.ts';
import type { Transaction } from '../transaction/transaction.ts';

/** Callers' names for limits, and ours. */
const names = {
  bytesRead: 'bytesRead',
  bytesWritten: 'bytesWritten',
  databaseQueries: 'ranges',
  documentsRead: 'documentsRead',
  documentsWritten: 'documentsWritten',
  functionsScheduled: 'scheduledFunctions',
  scheduledFunctionArgsBytes: 'scheduledArgumentBytes',
} as const;

export interface CallOptions {
  /** How much the call may use; null: whatever its caller may. */
  readonly narrowing: Narrowing | null;
  /** Whether it sees what was committed, without its caller's writes. */
  readonly isStale: boolean;
}

/** @throws BetterBaseError `arguments/invalid` */
export function readCallOptions(options: unknown, mayBeStale: boolean): CallOptions {
  if (!isPlainObject(options)) throw badOptions('they are no object');
  const { transactionLimits, useStaleSnapshot = false } = options;
  if (typeof useStaleSnapshot !== 'boolean') throw badOptions('`useStaleSnapshot` is no boolean');
  if (useStaleSnapshot && !mayBeStale) throw badOptions('`useStaleSnapshot` is only supported in mutations, for queries');
  return { narrowing: transactionLimits === undefined ? null : readLimits(transactionLimits), isStale: useStaleSnapshot };
}

function readLimits(limits: unknown): Narrowing {
  if (!isPlainObject(limits)) throw badOptions('`transactionLimits` is no object');
  const narrowing: Narrowing = {};
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined) continue;
    if (!isLimitName(name)) throw badOptions(`\`transactionLimits.${name.slice(0, 80)}\` is no limit`);
    if (typeof limit !== 'number' || !(limit >= 0)) throw badOptions(`\`transactionLimits.${name}\` is no number from 0 on`);
    narrowing[names[name]] = limit;
  }
  return narrowing;
}

/** The same as limits on everything that the run will have used. */
export function limitsFrom(transaction: Transaction, scheduler: Scheduler | null, more: Narrowing): Narrowing {
  const used = {
    bytesRead: transaction.bytesRead,
    bytesWritten: transaction.overlay.bytes,
    ranges: transaction.queries,
    documentsRead: transaction.documentsRead,
    documentsWritten: transaction.overlay.size,
    scheduledFunctions: scheduler?.count ?? 0,
    scheduledArgumentBytes: scheduler?.bytes ?? 0,
  };
  const most: Narrowing = {};
  for (const name of Object.values(names)) {
    const extra = more[name];
    if (extra !== undefined) most[name] = used[name] + extra;
  }
  return most;
}

function isLimitName(name: string): name is keyof typeof names {
  return Object.hasOwn(names, name);
}

function badOptions(what: string): BetterBaseError {
  return new BetterBaseError('arguments/invalid', `The options of a nested call are no good: ${what}.`, {
    hint: `They are { useStaleSnapshot, transactionLimits: { ${Object.keys(names).join(', ')} } }, each optional.`,
  });
}
