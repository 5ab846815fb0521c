import type { LogLine } from '@betterbase/protocol';
import type { Reason, RowAccess } from './policy-set.ts';

/** Somebody was not let do something to a row. Never what is in it. */
export interface Refusal {
  readonly subject: string | null;
  /** What was tried. */
  readonly operation: 'get' | 'insert' | 'patch' | 'replace' | 'delete';
  readonly table: string;
  /** Null for a row that would have been new. */
  readonly id: string | null;
  /** What they were not allowed. */
  readonly access: RowAccess;
  /** All that has a say about it. */
  readonly reasons: readonly Pick<Reason, 'file' | 'rule' | 'holds'>[];
}

/** One call that is refused in a loop does not fill the log. */
const mostLines = 100;

/** What policies refused during one call, as lines for the project's log. */
export class Refusals {
  readonly lines: LogLine[] = [];
  /** Whether documents count that were asked for by their id and not shown. */
  readonly notesReads: boolean;

  constructor(notesReads: boolean) {
    this.notesReads = notesReads;
  }

  add(refusal: Refusal): void {
    if (this.lines.length > mostLines) return;
    const text = this.lines.length < mostLines ? lineOf(refusal) : `Only the first ${mostLines} refusals of a call are noted.`;
    this.lines.push({ level: 'warn', text });
  }
}

function lineOf({ subject, operation, table, id, access, reasons }: Refusal): string {
  // Whoever issues tokens says what a subject is; it stays one line.
  const who = subject === null ? 'nobody signed in' : JSON.stringify(subject);
  const failed = reasons.filter(({ holds }) => holds !== true).map(({ file, rule }) => `${file}: ${rule}`);
  const why = failed.length === 0 ? `no policy allows ${meant[access]}` : [...new Set(failed)].join(', ');
  return `Row-level security refused ${operation} of \`${table}\`${id === null ? '' : ` ${id}`} to ${who} (${why})`;
}

const meant = {
  select: 'seeing it',
  insert: 'inserting',
  update: 'changing it',
  'update-to': 'what it would become',
  delete: 'deleting it',
} as const satisfies Record<RowAccess, string>;
