import { BetterBaseError } from '@betterbase/core';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';

/** Names of the system begin with an underscore, the stores’ own with `_bb_`; the language refuses those of an app that do. */
const plainName = /^(?!_bb_)_?[a-z][a-z0-9_]{0,62}$/i;
const plainIndexName = /^[a-z_][a-z0-9_]{0,62}$/i;

/**
 * Refuses names that a SQL database could not tell apart or would not take.
 *
 * @throws BetterBaseError `schema/bad-table-name`, `schema/bad-index`
 */
export function checkNames(schema: NormalizedSchema): void {
  const tables = new Map<string, string>();
  for (const table of schema.tables) {
    const { name } = table;
    if (!plainName.test(name) || /^sqlite_/i.test(name)) {
      throw new BetterBaseError('schema/bad-table-name', `\`${name.slice(0, 80)}\` cannot be the name of a table.`, {
        hint: 'A table name is a letter followed by at most 62 letters, digits and underscores, and does not begin with sqlite_.',
      });
    }
    const other = tables.get(name.toLowerCase());
    if (other !== undefined) {
      throw new BetterBaseError(
        'schema/bad-table-name',
        `The tables \`${other}\` and \`${name}\` differ only in upper and lower case, which SQL does not see.`,
        {
          hint: 'Rename one. A table that left the schema keeps its name as long as it holds documents.',
        },
      );
    }
    tables.set(name.toLowerCase(), name);
    checkIndexNames(table);
  }
}

function checkIndexNames(table: NormalizedTable): void {
  const names = new Set(['by_id', 'by_creation_time']);
  for (const index of table.indexes) {
    const where = `The index \`${index.name.slice(0, 80)}\` of \`${table.name}\``;
    if (!plainIndexName.test(index.name)) {
      throw new BetterBaseError('schema/bad-index', `${where} has a name that is not letters, digits and underscores.`, {
        hint: 'Rename it.',
      });
    }
    if (names.has(index.name.toLowerCase())) {
      throw new BetterBaseError('schema/bad-index', `${where} has a name that is taken.`, {
        hint: 'Index names differ in more than upper and lower case; by_id and by_creation_time exist by themselves.',
      });
    }
    if (index.kind === 'index' && index.fields.length === 0) {
      throw new BetterBaseError('schema/bad-index', `${where} has no fields.`, { hint: 'Name at least one field.' });
    }
    names.add(index.name.toLowerCase());
  }
}
