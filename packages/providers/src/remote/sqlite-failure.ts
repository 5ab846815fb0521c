import type { BrokenConstraint, RemoteFailure } from './remote-sql.ts';

const constraints: readonly (readonly [RegExp, BrokenConstraint])[] = [
  [/NOT NULL constraint failed: (.+)/, 'not-null'],
  [/UNIQUE constraint failed: (.+)/, 'unique'],
  [/FOREIGN KEY constraint failed/, 'foreign-key'],
  [/CHECK constraint failed: (.+)/, 'check'],
];

const words: readonly (readonly [RegExp, RemoteFailure['kind'] & ('busy' | 'full' | 'refused')])[] = [
  [/SQLITE_(BUSY|LOCKED)|database (table )?is locked/, 'busy'],
  [/SQLITE_FULL|database or disk is full|maximum DB size/, 'full'],
  [/SQLITE_(ERROR|CONSTRAINT|MISMATCH|TOOBIG|RANGE|AUTH|READONLY|SCHEMA|MISUSE)/, 'refused'],
  [/no such (table|column|function|index|module)|syntax error|has no column named|already exists|incomplete input/, 'refused'],
];

/** What SQLite means by a message, whoever passes it on. Null: these are not its words. */
export function sqliteFailure(message: string): RemoteFailure | null {
  for (const [pattern, which] of constraints) {
    const found = pattern.exec(message);
    if (found !== null) return { kind: 'constraint', which, names: namesIn(found[1]) };
  }
  const kind = words.find(([pattern]) => pattern.test(message))?.[1];
  return kind === undefined ? null : { kind };
}

/** Some add the name of the result code, after a colon. */
function namesIn(list: string | undefined): readonly string[] {
  return list === undefined ? [] : list.replace(/(: SQLITE_\w+.*| \(extended: .*)$/, '').split(', ');
}
