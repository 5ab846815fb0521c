import { isPlainObject } from '../values/value.ts';
import type { Fields } from './fields.ts';
import { type Check, type Mismatch, mismatch, mismatchAt, rules } from './validator.ts';

interface CompiledField {
  readonly name: string;
  readonly check: Check;
  readonly optional: boolean;
}

/** The check of an object with exactly these fields. A field that is `undefined` counts as absent. */
export function compileFields(fields: Fields): Check {
  const compiled = Object.entries(fields).map(
    ([name, field]): CompiledField => ({
      name,
      check: field[rules].check,
      optional: field.isOptional === 'optional',
    }),
  );
  const names = new Set(Object.keys(fields));
  // A field called `constructor` would otherwise be found in every object.
  const read = compiled.some(({ name }) => name in Object.prototype) ? readOwn : readField;

  return (value, context) => {
    if (!isPlainObject(value)) return mismatch('object', value);
    let present = 0;
    for (const field of compiled) {
      const part = read(value, field.name);
      if (part !== undefined) present += 1;
      else if (field.optional) continue;
      const problem = field.check(part, context);
      if (problem !== null) return mismatchAt(field.name, problem);
    }
    return countFields(value) === present ? null : findExtra(value, names);
  };
}

function readField(object: Record<string, unknown>, name: string): unknown {
  return object[name];
}

function readOwn(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function countFields(object: Record<string, unknown>): number {
  let count = 0;
  for (const name in object) {
    if (object[name] !== undefined) count += 1;
  }
  return count;
}

function findExtra(object: Record<string, unknown>, names: ReadonlySet<string>): Mismatch | null {
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined || names.has(name)) continue;
    const known = names.size === 0 ? 'there are no fields' : `the fields are ${[...names].join(', ')}`;
    return mismatchAt(name, mismatch(`absent (${known})`, value));
  }
  return null;
}
