import { BetterBaseError } from '@betterbase/core';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';

export interface AdoptedNumbers {
  readonly schema: NormalizedSchema;
  /** The number that the next new table will have. */
  readonly nextNumber: number;
}

/**
 * Gives tables the numbers that imported ids carry. A number can change hands while no document has it in its id: the table
 * that had it gets a new one.
 *
 * @param hasDocuments that stay. @throws BetterBaseError `import/ids-clash`
 */
export function adoptNumbers(
  schema: NormalizedSchema,
  nextNumber: number,
  wanted: ReadonlyMap<string, number>,
  hasDocuments: (table: string) => boolean,
): AdoptedNumbers {
  const changing = schema.tables.filter(({ name, number }) => (wanted.get(name) ?? number) !== number);
  if (changing.length === 0) return { schema, nextNumber };
  const taken = new Map([...wanted].map(([name, number]) => [number, name]));
  if (taken.size < wanted.size) throw clash('Two tables of the import have the same number in their ids.');
  for (const { name, number } of changing) if (hasDocuments(name)) throw keepsIds(name, number, wanted.get(name) ?? 0);

  let free = Math.max(nextNumber, ...[...wanted.values()].map((number) => number + 1));
  const tables = schema.tables.map((table): NormalizedTable => {
    const number = wanted.get(table.name);
    if (number !== undefined) return number === table.number ? table : { ...table, number };
    const successor = taken.get(table.number);
    if (successor === undefined) return table;
    if (hasDocuments(table.name)) throw holdsNumber(table, successor);
    return { ...table, number: free++ };
  });
  return { schema: { tables: tables.sort((one, other) => one.number - other.number) }, nextNumber: free };
}

function keepsIds(name: string, number: number, wanted: number): BetterBaseError {
  return clash(`The documents of \`${name}\` carry the number ${number} in their ids, and those to be imported carry ${wanted}.`);
}

function holdsNumber(table: NormalizedTable, successor: string): BetterBaseError {
  return clash(
    `The ids to be imported into \`${successor}\` carry the number ${table.number}, which the documents of \`${table.name}\` carry.`,
  );
}

function clash(message: string): BetterBaseError {
  return new BetterBaseError('import/ids-clash', message, {
    hint: 'Import into a project where these tables are empty, replace their documents, or leave out the ids.',
  });
}
