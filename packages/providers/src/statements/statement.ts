/**
 * The text of one SQL statement, taken apart as far as it has to be: what kind it is, and where its parts begin.
 *
 * Holds: the tokens. Does not hold: whether the statement may run. That is for the database to say, of the text that runs.
 */
import { BetterBaseError } from '@betterbase/core';

/** Quoted text, names in quotes or brackets, comments, blanks, words, parameters, numbers, or any other character. */
const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\s+|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\?\d*|[0-9][\w.]*|\.[0-9]\w*|[\s\S]/g;

/** Tables of the platform and of the database itself, and functions that read like tables. */
const hiddenTable = /^(?:_bb_|sqlite_|pragma_|dbstat$|bytecode$|tables_used$|fts5vocab$)/;

export interface Token {
  readonly text: string;
  /** What it says in lower case: a word or name without its quotes; empty for anything else. */
  readonly name: string;
  /** A word that is not in quotes, in lower case. */
  readonly word: string;
  /** How many parentheses it is in. */
  readonly depth: number;
}

export type StatementKind = 'select' | 'insert' | 'update' | 'delete';

export interface Statement {
  readonly kind: StatementKind;
  readonly tokens: readonly Token[];
  /** Where SELECT, INSERT, UPDATE or DELETE stands. */
  readonly verb: number;
  /** How many parameters it wants. */
  readonly parameters: number;
}

/** @throws BetterBaseError `query/bad-sql` when it is no statement about documents, or more than one */
export function parseStatement(sql: string): Statement {
  const parts = (sql.match(token) ?? []).map((part) => (part.startsWith('--') || part.startsWith('/*') ? ' ' : part));
  if (parts.some((part) => part === "'" || part === '"' || part === '`' || part === '[')) throw refused('a quote in it is not closed');
  if (parts.some((part) => part === '$' || part === '@' || part === '#' || part === ':')) throw refused('a parameter in it has a name');
  const end = parts.indexOf(';');
  if (end >= 0 && parts.slice(end).some((part) => part !== ';' && part.trim() !== '')) throw refused('it is more than one statement');
  const { numbered, parameters } = numberParameters(end < 0 ? parts : parts.slice(0, end));
  const tokens = toTokens(numbered);
  const hidden = tokens.find(({ name }) => hiddenTable.test(name));
  if (hidden !== undefined) throw refused(`it names \`${hidden.name}\`, a table that is not in the schema`);
  const verb = findVerb(tokens);
  const kind = kindOf(tokens[verb]?.word ?? '');
  if (kind === null) throw refused('it does not begin with SELECT, WITH, VALUES, INSERT, UPDATE or DELETE');
  return { kind, tokens, verb, parameters };
}

export function textOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ text }) => text)
    .join('')
    .trim();
}

/** The next token from `from` on that is no blank. */
export function skipBlank(tokens: readonly Token[], from: number): number {
  let at = from;
  while (tokens[at]?.text.trim() === '') at++;
  return at;
}

export function refused(what: string, hint = 'Write one SELECT, INSERT, UPDATE or DELETE, with ? for its parameters.'): BetterBaseError {
  return new BetterBaseError('query/bad-sql', `This statement cannot be run: ${what}.`, { hint });
}

/** `?` means one more than the largest so far: said outright, so that others can be put between. */
function numberParameters(parts: readonly string[]): { readonly numbered: readonly string[]; readonly parameters: number } {
  let parameters = 0;
  const numbered = parts.map((part) => {
    if (!part.startsWith('?')) return part;
    const number = part === '?' ? parameters + 1 : Number(part.slice(1));
    parameters = Math.max(parameters, number);
    return `?${number}`;
  });
  return { numbered, parameters };
}

/** A text whose parameters are all `?`: each gets a number, from one past `last`. */
export function numberedFrom(sql: string, last: number): string {
  let number = last;
  return (sql.match(token) ?? []).map((part) => (part === '?' ? `?${++number}` : part)).join('');
}

function toTokens(parts: readonly string[]): Token[] {
  let depth = 0;
  return parts.map((text) => {
    if (text === ')') depth--;
    const isQuoted = /^['"`[]/.test(text);
    const word = /^[A-Za-z_\u0080-\uffff]/.test(text) ? text.toLowerCase() : '';
    const parsed = { text, word, name: isQuoted ? text.slice(1, -1).toLowerCase() : word, depth };
    if (text === '(') depth++;
    return parsed;
  });
}

/** Past WITH and its tables, whose names may be words like these. */
function findVerb(tokens: readonly Token[]): number {
  const first = skipBlank(tokens, 0);
  if (tokens[first]?.word !== 'with') return first;
  return tokens.findIndex((each, at) => {
    if (each.depth > 0 || kindOf(each.word) === null) return false;
    const next = tokens[skipBlank(tokens, at + 1)];
    return next?.word !== 'as' && !(next?.text === '(' && each.word === 'replace');
  });
}

function kindOf(word: string): StatementKind | null {
  switch (word) {
    case 'select':
    case 'values':
      return 'select';
    case 'insert':
    case 'replace':
      return 'insert';
    case 'update':
    case 'delete':
      return word;
    default:
      return null;
  }
}
