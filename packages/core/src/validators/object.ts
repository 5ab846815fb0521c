import type { Expand } from './expand.ts';
import type { FieldPathsOf, Fields, ObjectOf } from './fields.ts';
import { compileFields } from './object-check.ts';
import { optional, type VOptional } from './optional.ts';
import { requireFields } from './require-fields.ts';
import { createValidator, isValidator, type Validator } from './validator.ts';
import type { FieldJson } from './validator-json.ts';

export interface VObject<F extends Fields = Fields> extends Validator<ObjectOf<F>, 'required', FieldPathsOf<F>> {
  readonly kind: 'object';
  readonly fields: F;
  /** An object with these fields only. */
  pick<Name extends keyof F & string>(...names: Name[]): VObject<Expand<Pick<F, Name>>>;
  /** An object without these fields. */
  omit<Name extends keyof F & string>(...names: Name[]): VObject<Expand<Omit<F, Name>>>;
  /** An object whose fields may all be missing. */
  partial(): VObject<{ [Name in keyof F]: VOptional<F[Name]> }>;
  /** An object with these fields too; they win over fields of the same name. */
  extend<More extends Fields>(fields: More): VObject<Expand<Omit<F, keyof More> & More>>;
}

/** A plain object with exactly these fields: others are refused. */
export function object<F extends Fields>(fields: F): VObject<F> {
  requireFields('v.object', fields);
  return createValidator<VObject<F>>(
    { kind: 'object', json: { type: 'object', value: fieldsJson(fields) }, expected: describeFields(fields), check: compileFields(fields) },
    {
      fields,
      pick: (...names) => object(pickFields(fields, (name) => isOneOf(names, name))) as never,
      omit: (...names) => object(pickFields(fields, (name) => !isOneOf(names, name))) as never,
      partial: () => object(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, optional(field)]))) as never,
      extend: (more) => object({ ...fields, ...more }) as never,
    },
  );
}

/**
 * The validator, however it was written: `{ name: v.string() }` or `v.object({ name: v.string() })`.
 *
 * @throws BetterBaseError `schema/invalid` for what is neither.
 */
export function toValidator(given: unknown): Validator {
  if (isValidator(given)) return given;
  requireFields('v.object', given);
  return object(given);
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

function pickFields(fields: Fields, keep: (name: string) => boolean): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => keep(name)));
}

function fieldsJson(fields: Fields): Record<string, FieldJson> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, { fieldType: field.json, optional: field.isOptional === 'optional' }]),
  );
}

function describeFields(fields: Fields): string {
  const names = Object.entries(fields).map(([name, field]) => (field.isOptional === 'optional' ? `${name}?` : name));
  return names.length > 8 ? `object { ${names.slice(0, 8).join(', ')}, … }` : `object { ${names.join(', ')} }`;
}
