/** What the fields of a table say about documents that are older than they are. */
import { isPlainObject } from '../values/value.ts';
import { type FieldHints, hints, isValidator, type Validator } from '../validators/validator.ts';
import { nameProblem } from './name-problem.ts';
import type { TableManifest } from './schema-manifest.ts';
import type { SchemaProblem } from './schema-problem.ts';

type Hinted = readonly [field: string, validator: Validator];

/** As they stand in the manifest: nothing at all where no field has any. */
export function hintsOfFields(document: Validator): Pick<TableManifest, 'renamedFields' | 'defaults'> {
  const fields = fieldsOf(document).map(([name, field]) => [name, field[hints] ?? {}] as const);
  return {
    ...collect(fields, 'renamedFrom', 'renamedFields'),
    ...collect(fields, 'default', 'defaults'),
  };
}

/** Hints that could not be followed. */
export function checkHints(table: string, document: Validator, previousName: unknown): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const report = (code: SchemaProblem['code'], message: string, hint: string): void => void problems.push({ code, message, hint });
  if (
    previousName !== undefined &&
    (typeof previousName !== 'string' || previousName === table || nameProblem('table', previousName) !== null)
  )
    report(
      'schema/bad-rename',
      `Table \`${table}\` cannot have been renamed from ${JSON.stringify(previousName)}.`,
      'Name the table as it was.',
    );
  const fields = fieldsOf(document);
  const seen = new Set(fields.map(([name]) => name));
  for (const [name, field] of fields) {
    const { renamedFrom } = field[hints] ?? {};
    if (renamedFrom !== undefined) {
      if (typeof renamedFrom !== 'string' || nameProblem('field', renamedFrom) !== null || seen.has(renamedFrom))
        report(
          'schema/bad-rename',
          `Field \`${name}\` of table \`${table}\` cannot have been renamed from ${JSON.stringify(renamedFrom)}.`,
          'Name the field as it was; a field that still exists, or that another was renamed from, cannot be meant.',
        );
      seen.add(renamedFrom);
    }
    if (field.isOptional === 'optional' && field[hints]?.default !== undefined)
      report('schema/invalid', `Field \`${name}\` of table \`${table}\` is optional and has a default.`, 'Drop one of them.');
  }
  for (const path of hintsInside(document, fields))
    report(
      'schema/invalid',
      `Field \`${path}\` of table \`${table}\` is inside another and has a default or an earlier name.`,
      'Only a table’s own fields can; write a migration for what is inside of them.',
    );
  return problems;
}

function collect<Name extends 'renamedFields' | 'defaults'>(
  fields: readonly (readonly [string, FieldHints])[],
  from: keyof FieldHints,
  name: Name,
): object {
  const found = fields.flatMap(([field, hinted]) => (hinted[from] === undefined ? [] : [[field, hinted[from]] as const]));
  return found.length === 0 ? {} : { [name]: Object.fromEntries(found) };
}

/** Of a document that is one object; the members of a union may disagree about a field, so none of theirs count. */
function fieldsOf(document: Validator): Hinted[] {
  return document.kind === 'object' ? partsOf(document) : [];
}

function hintsInside(document: Validator, own: readonly Hinted[]): string[] {
  const inside = (validator: Validator, path: string): string[] =>
    partsOf(validator).flatMap(([name, part]) => {
      const at = name === '' ? path : `${path}.${name}`;
      return [...(part[hints] === undefined ? [] : [at]), ...inside(part, at)];
    });
  if (document.kind !== 'object') return inside(document, 'document');
  return own.flatMap(([name, field]) => inside(field, name));
}

/** The validators that a validator is made of; those without a name have the empty one. */
function partsOf(validator: Validator): Hinted[] {
  if ('fields' in validator && isPlainObject(validator.fields))
    return Object.entries(validator.fields).flatMap(([name, field]) => (isValidator(field) ? [[name, field] as const] : []));
  const nameless =
    'members' in validator
      ? validator.members
      : [('element' in validator && validator.element) || ('value' in validator && validator.value)];
  return Array.isArray(nameless) ? nameless.flatMap((part: unknown) => (isValidator(part) ? [['', part] as const] : [])) : [];
}
