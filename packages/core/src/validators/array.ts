import { requireRequired } from './require-required.ts';
import { createValidator, mismatch, mismatchAt, rules, type Validator } from './validator.ts';

export interface VArray<Element extends Validator<unknown, 'required'> = Validator<unknown, 'required'>>
  extends Validator<Element['type'][], 'required', never> {
  readonly kind: 'array';
  readonly element: Element;
}

export function array<Element extends Validator<unknown, 'required'>>(element: Element): VArray<Element> {
  requireRequired('v.array', element);
  const { check, expected } = element[rules];
  return createValidator<VArray<Element>>(
    {
      kind: 'array',
      json: { type: 'array', value: element.json },
      expected: `array of ${expected}`,
      check: (value, context) => {
        if (!Array.isArray(value)) return mismatch('array', value);
        for (let index = 0; index < value.length; index += 1) {
          const problem = check(value[index], context);
          if (problem !== null) return mismatchAt(index, problem);
        }
        return null;
      },
    },
    { element },
  );
}
