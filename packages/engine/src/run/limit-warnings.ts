import { type LimitName, limitTable, type ProjectLimits } from '@betterbase/core';
import type { LogLine } from '@betterbase/protocol';
import type { Scheduler } from '../schedule/scheduler.ts';
import type { Transaction } from '../transaction/transaction.ts';

/** From here on a call is near a limit. */
const nearShare = 0.8;

/** Lines for the log of a call that keeps a limit, but only just. */
export function nearLimits(used: Partial<ProjectLimits>, limits: ProjectLimits): LogLine[] {
  return Object.entries(used).flatMap(([name, amount]) => {
    const limit = limits[name as LimitName];
    if (amount < limit * nearShare) return [];
    const { what, unit } = limitTable[name as LimitName];
    const share = Math.floor((amount / limit) * 100);
    return [{ level: 'warn' as const, text: `${amount} of ${limit} ${unit} (${share} %): near the limit on ${what} (${name}).` }];
  });
}

export function limitWarnings(
  call: { readonly args: string },
  result: string,
  run: { readonly transaction: Transaction; readonly scheduler: Scheduler | null; readonly milliseconds: number },
  limits: ProjectLimits,
): LogLine[] {
  const { transaction, scheduler, milliseconds } = run;
  return nearLimits(
    {
      argumentBytes: call.args.length,
      resultBytes: result.length,
      documentsRead: transaction.documentsRead,
      bytesRead: transaction.bytesRead,
      ranges: transaction.queries,
      documentsWritten: transaction.overlay.size,
      bytesWritten: transaction.overlay.bytes,
      runMilliseconds: milliseconds,
      scheduledFunctions: scheduler?.count ?? 0,
      scheduledArgumentBytes: scheduler?.bytes ?? 0,
    },
    limits,
  );
}
