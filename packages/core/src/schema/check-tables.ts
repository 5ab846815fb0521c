/** Everything that can be wrong with a schema, found before anything runs. */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import { fixedLimits } from '../limits/fixed-limits.ts';
import { isValidator, type Validator } from '../validators/validator.ts';
import { isPlainObject } from '../values/value.ts';
import { checkDocument } from './check-document.ts';
import { checkIndexes } from './check-indexes.ts';
import { checkHints } from './field-hints.ts';
import { partsOfTable } from './library-table.ts';
import { nameProblem } from './name-problem.ts';
import type { IndexManifest } from './schema-manifest.ts';
import type { SchemaProblem } from './schema-problem.ts';

/**
 * Refuses a schema that no store could keep, naming every problem at once.
 *
 * @throws BetterBaseError with the problem's own code, `schema/invalid` when there are problems of several kinds.
 */
export function checkTables(tables: unknown): void {
  if (!isPlainObject(tables)) {
    throw new BetterBaseError('schema/invalid', 'defineSchema takes an object of tables.', {
      hint: 'Write defineSchema({ todos: defineTable({ … }) }).',
    });
  }
  const problems = [...checkNames(Object.keys(tables)), ...Object.entries(tables).flatMap(([name, table]) => checkTable(name, table))];
  const [first, ...others] = problems;
  if (first === undefined) return;
  if (others.length === 0) throw new BetterBaseError(first.code, first.message, { hint: first.hint });
  const code = others.every((other) => other.code === first.code) ? first.code : 'schema/invalid';
  throw new BetterBaseError(
    code,
    `The schema has ${problems.length} problems:\n${problems.map(({ message, hint }) => `- ${message} ${hint}`).join('\n')}`,
    { details: problems },
  );
}

function checkNames(names: readonly string[]): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  if (names.length > fixedLimits.tables.value) {
    problems.push({
      code: 'schema/too-many-tables',
      message: `The schema has ${names.length} tables; at most ${fixedLimits.tables.value} are possible.`,
      hint: 'Use fewer tables.',
    });
  }
  const seen = new Map<string, string>();
  for (const name of names) {
    const problem = nameProblem('table', name);
    if (problem !== null) problems.push({ code: 'schema/bad-table-name', ...problem });
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      problems.push({
        code: 'schema/bad-table-name',
        message: `Tables \`${other}\` and \`${name}\` have names that differ only in case, and SQL does not tell them apart.`,
        hint: 'Rename one of them.',
      });
    }
    seen.set(name.toLowerCase(), name);
  }
  return problems;
}

function checkTable(name: string, table: unknown): SchemaProblem[] {
  if (!isTable(table)) {
    return [
      {
        code: 'schema/invalid',
        message: `Table ${JSON.stringify(name)} is not made with defineTable.`,
        hint: 'Write defineTable({ name: v.string() }).',
      },
    ];
  }
  const { validator, indexes } = partsOfTable(table);
  return [
    ...checkDocument(name, validator.json),
    ...checkIndexes(name, validator.json, indexes),
    ...checkHints(name, validator, table.previousName),
  ];
}

function isTable(table: unknown): table is {
  readonly validator: Validator<unknown, 'required'>;
  readonly indexes: readonly IndexManifest[];
  readonly previousName?: unknown;
} {
  return (
    typeof table === 'object' &&
    table !== null &&
    'validator' in table &&
    isValidator(table.validator) &&
    'indexes' in table &&
    Array.isArray(table.indexes)
  );
}
