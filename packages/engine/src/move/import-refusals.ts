import { BetterBaseError } from '@betterbase/core';
import type { ImportProblem } from '../ports/import-store.ts';

export function badLines(problems: readonly ImportProblem[]): BetterBaseError {
  const [first] = problems;
  const where = first === undefined ? '' : ` ${placeOf(first)}: ${first.message}`;
  return new BetterBaseError('import/bad-lines', `Some documents cannot be imported.${where}`, {
    hint: 'Correct the lines, or the table in the schema, and import again.',
    details: { problems },
  });
}

function placeOf({ table, line, id }: ImportProblem): string {
  return line === null ? `\`${id ?? ''}\` of \`${table}\`` : `\`${table}\`, line ${line}`;
}

export function importNotFound(id: string): BetterBaseError {
  return new BetterBaseError('import/not-found', `There is no import \`${id}\` under way.`, {
    hint: 'Nobody went on with it for an hour, or it was given up. Begin again.',
  });
}

export function tableNotEmpty(table: string, count: number): BetterBaseError {
  return new BetterBaseError('import/table-not-empty', `Table \`${table}\` has ${count} documents already.`, {
    hint: 'Say what becomes of them: --append keeps them, --upsert replaces those with the same _id, --replace removes them.',
    details: { table, count },
  });
}
