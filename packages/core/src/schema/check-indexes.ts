import { fixedLimits } from '../limits/fixed-limits.ts';
import type { ValidatorJson } from '../validators/validator-json.ts';
import { documentFields, documentShapes, validatorsAt } from './document-fields.ts';
import { nameProblem } from './name-problem.ts';
import type { IndexManifest } from './schema-manifest.ts';
import type { SchemaProblem } from './schema-problem.ts';

const maxIndexFields = fixedLimits.indexFields.value;
const dimensionRange = { least: 2, most: fixedLimits.vectorDimensions.value };

/** What is wrong with the indexes of a table. */
export function checkIndexes(table: string, document: ValidatorJson, indexes: readonly IndexManifest[]): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const report = (message: string, hint: string): void => {
    problems.push({ code: 'schema/bad-index', message, hint });
  };
  for (const [what, count, most] of countIndexes(indexes)) {
    if (count > most)
      problems.push({
        code: 'schema/too-many-indexes',
        message: `Table \`${table}\` has ${count} ${what}.`,
        hint: `At most ${most} are possible.`,
      });
  }
  const seen = new Set<string>();
  for (const index of indexes) {
    const problem = nameProblem('index', index.name, ` on table \`${table}\``);
    if (problem !== null) report(problem.message, problem.hint);
    if (seen.has(index.name.toLowerCase()))
      report(`Table \`${table}\` has two indexes named \`${index.name}\`.`, 'Rename one of them; case does not count.');
    seen.add(index.name.toLowerCase());
    for (const [message, hint] of checkIndex(document, index)) report(`Index \`${index.name}\` on table \`${table}\` ${message}`, hint);
  }
  return problems;
}

function countIndexes(indexes: readonly IndexManifest[]): readonly (readonly [what: string, count: number, most: number])[] {
  const { indexesPerTable, searchIndexesPerTable, vectorIndexesPerTable } = fixedLimits;
  const countOf = (kind: IndexManifest['kind']): number => indexes.filter((index) => index.kind === kind).length;
  return [
    ['indexes', indexes.length, indexesPerTable.value],
    ['search indexes', countOf('search'), searchIndexesPerTable.value],
    ['vector indexes', countOf('vector'), vectorIndexesPerTable.value],
  ];
}

type Fault = readonly [message: string, hint: string];

function checkIndex(document: ValidatorJson, index: IndexManifest): Fault[] {
  switch (index.kind) {
    case 'index':
      return checkFields(document, index.fields, 'fields');
    case 'search':
      return [...checkSearchField(document, index.searchField), ...checkFilters(document, index.filterFields)];
    case 'vector':
      return [...checkDimensions(index.dimensions), ...checkVectorField(document, index), ...checkFilters(document, index.filterFields)];
    default:
      return index satisfies never;
  }
}

function checkFields(document: ValidatorJson, fields: readonly string[], what: string): Fault[] {
  if (fields.length === 0) return [[`has no ${what}.`, "Name at least one: .index('by_owner', ['owner'])."]];
  const faults: Fault[] = [];
  if (fields.length > maxIndexFields) faults.push([`has ${fields.length} ${what}.`, `At most ${maxIndexFields} are possible.`]);
  const repeated = fields.find((field, at) => fields.indexOf(field) !== at);
  if (repeated !== undefined) faults.push([`names field \`${repeated}\` twice.`, 'Name it once.']);
  for (const field of new Set(fields)) faults.push(...checkField(document, field));
  return faults;
}

function checkFilters(document: ValidatorJson, fields: readonly string[]): Fault[] {
  return fields.length === 0 ? [] : checkFields(document, fields, 'filter fields');
}

function checkField(document: ValidatorJson, field: string): Fault[] {
  if (field === '_creationTime')
    return [['names `_creationTime`, which every index ends with by itself.', 'Leave it out; to read by it alone, use by_creation_time.']];
  if (field === '_id') return [['names `_id`, which has an index of its own.', 'Leave it out; to read by it, use by_id or ctx.db.get.']];
  if (validatorsAt(document, field.split('.')).length > 0) return [];
  return [[`names field \`${field}\`, which no document has.`, knownFields(document)]];
}

function checkSearchField(document: ValidatorJson, field: string): Fault[] {
  const faults = checkField(document, field);
  if (faults.length > 0) return faults;
  const isText = validatorsAt(document, field.split('.')).some((json) => holds(json, (each) => isTextual(each)));
  return isText ? [] : [[`searches field \`${field}\`, which is no text.`, 'Make it a v.string() or a v.fullText().']];
}

function checkVectorField(document: ValidatorJson, { vectorField, dimensions }: Extract<IndexManifest, { kind: 'vector' }>): Fault[] {
  const faults = checkField(document, vectorField);
  if (faults.length > 0) return faults;
  const found = validatorsAt(document, vectorField.split('.'));
  const other = found.flatMap((json) => (json.type === 'vector' && json.dimensions !== dimensions ? [json.dimensions] : []))[0];
  if (other !== undefined)
    return [[`has ${dimensions} dimensions, and field \`${vectorField}\` has ${other}.`, `Write dimensions: ${other}.`]];
  const isVector = found.some((json) =>
    holds(json, (each) => each.type === 'vector' || each.type === 'any' || (each.type === 'array' && each.value.type === 'number')),
  );
  return isVector ? [] : [[`is on field \`${vectorField}\`, which is no vector.`, `Make it a v.vector(${dimensions}).`]];
}

function checkDimensions(dimensions: number): Fault[] {
  const { least, most } = dimensionRange;
  if (Number.isInteger(dimensions) && dimensions >= least && dimensions <= most) return [];
  return [[`has ${String(dimensions)} dimensions.`, `Use a whole number from ${least} to ${most}.`]];
}

function holds(json: ValidatorJson, test: (json: ValidatorJson) => boolean): boolean {
  return json.type === 'union' ? json.value.some((member) => holds(member, test)) : test(json);
}

function isTextual(json: ValidatorJson): boolean {
  return (
    json.type === 'string' || json.type === 'fullText' || json.type === 'any' || (json.type === 'literal' && typeof json.value === 'string')
  );
}

function knownFields(document: ValidatorJson): string {
  if (documentShapes(document) === null) return 'Check its spelling.';
  return `Its fields are ${documentFields(document).join(', ')}.`;
}
