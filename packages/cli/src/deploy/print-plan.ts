import type { SchemaPlan } from '@betterbase/protocol';
import { formatChange } from '../terminal/schema-change.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface PrintPlanOptions {
  readonly json?: boolean;
  /** Ends with 1 if there are changes. */
  readonly exitCode?: boolean;
}

/** Shows what a deployment would change. Returns the exit code. */
export function printPlan(plan: SchemaPlan, { json, exitCode }: PrintPlanOptions, terminal: Terminal): number {
  const { colors } = terminal;
  if (json === true) terminal.line(JSON.stringify(plan));
  else if (plan.changes.length === 0) terminal.line('The schema is up to date.');
  else {
    for (const change of plan.changes) terminal.line(formatChange(change, colors));
    if (plan.losses.length > 0)
      terminal.line(colors.yellow(`\n${plan.losses.length} of these take something from documents: deploying needs --allow-destructive.`));
  }
  return exitCode === true && plan.changes.length > 0 ? 1 : 0;
}
