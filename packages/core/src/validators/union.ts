import { isPlainObject } from '../values/value.ts';
import { nullValue, type VNull } from './null.ts';
import { requireRequired } from './require-required.ts';
import { type ValidationContext, createValidator, type Mismatch, mismatch, rules, type Validator } from './validator.ts';
import type { ValidatorJson } from './validator-json.ts';

type Member = Validator<unknown, 'required'>;

export interface VUnion<Members extends readonly Member[] = readonly Member[]>
  extends Validator<Members[number]['type'], 'required', Members[number]['fieldPaths']> {
  readonly kind: 'union';
  readonly members: Members;
}

/** A value that one of the members allows. */
export function union<Members extends readonly Member[]>(...members: Members): VUnion<Members> {
  for (const member of members) requireRequired('v.union', member);
  const expected = members.length === 0 ? 'nothing (an empty union)' : members.map((member) => member[rules].expected).join(' | ');
  const checks = members.map((member) => member[rules].check);
  return createValidator<VUnion<Members>>(
    {
      kind: 'union',
      json: { type: 'union', value: members.map((member) => member.json) },
      expected,
      check: (value, context) => {
        for (const check of checks) {
          if (check(value, context) === null) return null;
        }
        return explain(members, value, context) ?? mismatch(expected, value);
      },
    },
    { members },
  );
}

/** The value, or null. */
export function nullable<V extends Member>(validator: V): VUnion<[V, VNull]> {
  return union(validator, nullValue());
}

/** When only one member can be meant, what that member has against the value says more than "none of them". */
function explain(members: readonly Member[], value: unknown, context: ValidationContext): Mismatch | null {
  if (!isPlainObject(value)) return null;
  const meant = members.filter((member) => hasSameTags(member.json, value));
  return meant.length === 1 ? (meant[0]?.[rules].check(value, context) ?? null) : null;
}

/** Whether the object has every literal that the validator asks for: `{ type: 'circle' }`. */
function hasSameTags(json: ValidatorJson, object: Record<string, unknown>): boolean {
  if (json.type !== 'object') return false;
  return Object.entries(json.value).every(([name, { fieldType }]) => fieldType.type !== 'literal' || fieldType.value === object[name]);
}
