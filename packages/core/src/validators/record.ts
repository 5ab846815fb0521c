import { fieldNameProblem } from '../values/field-name.ts';
import { isPlainObject } from '../values/value.ts';
import { requireRequired } from './require-required.ts';
import { createValidator, mismatch, mismatchAt, rules, type Validator } from './validator.ts';

type KeyValidator = Validator<string, 'required'>;
type ValueValidator = Validator<unknown, 'required'>;

export interface VRecord<Key extends KeyValidator = KeyValidator, Of extends ValueValidator = ValueValidator>
  extends Validator<Record<Key['type'], Of['type']>, 'required', string> {
  readonly kind: 'record';
  readonly key: Key;
  readonly value: Of;
}

/** A plain object used as a map: any number of fields, whose names and values are validated. */
export function record<Key extends KeyValidator, Of extends ValueValidator>(key: Key, value: Of): VRecord<Key, Of> {
  requireRequired('v.record', key);
  requireRequired('v.record', value);
  const { check: checkKey, expected: expectedKey } = key[rules];
  const { check: checkValue, expected } = value[rules];
  return createValidator<VRecord<Key, Of>>(
    {
      kind: 'record',
      json: { type: 'record', keys: key.json, values: { fieldType: value.json, optional: false } },
      expected: `record of ${expected}`,
      check: (object, context) => {
        if (!isPlainObject(object)) return mismatch('object', object);
        for (const name in object) {
          const part = object[name];
          if (part === undefined) continue;
          const badName = fieldNameProblem(name);
          if (badName !== null) return mismatchAt(name, mismatch(`another field name (${badName})`, part));
          if (checkKey(name, context) !== null) return mismatchAt(name, mismatch(`a field name that is ${expectedKey}`, name));
          const problem = checkValue(part, context);
          if (problem !== null) return mismatchAt(name, problem);
        }
        return null;
      },
    },
    { key, value },
  );
}
