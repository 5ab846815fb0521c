import { BetterBaseError } from '@betterbase/core';

/** Quoted text, names in quotes or brackets, comments, a semicolon, or anything else. */
const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;|[^'"`[\-/;]+|[\s\S]/g;

/**
 * The text if it is one statement that begins like a query. Whether it only reads is for the database to say; this is so
 * that there is nothing behind the statement that it is asked about.
 *
 * @throws BetterBaseError `query/bad-sql`
 */
export function oneStatement(sql: string): string {
  const parts = sql.match(token) ?? [];
  const code = parts.map((part) => (part.startsWith('--') || part.startsWith('/*') ? ' ' : part));
  if (code.some((part) => part === "'" || part === '"' || part === '`' || part === '[')) throw refused('a quote in it is not closed');
  // SQLite reads `$a(…)` as a name, quotes in it included.
  if (code.some((part) => /^[^'"`[]*[$@#:]/.test(part))) throw refused('a parameter in it has a name');
  const end = code.indexOf(';');
  if (end >= 0 && code.slice(end).some((part) => part !== ';' && part.trim() !== '')) throw refused('it is more than one statement');
  const text = (end < 0 ? code : code.slice(0, end)).join('').trim();
  if (!/^(?:select|with|values)\b/i.test(text)) throw refused('it does not begin with SELECT, WITH or VALUES');
  return text;
}

function refused(what: string): BetterBaseError {
  return new BetterBaseError('query/bad-sql', `This statement cannot be run: ${what}.`, {
    hint: 'Write one SELECT, with ? for its parameters. To change documents use ctx.db.insert, patch, replace and delete.',
  });
}
