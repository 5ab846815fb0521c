import { checkText } from './string.ts';
import { createValidator, type Validator } from './validator.ts';

export interface VFullText extends Validator<string, 'required', never> {
  readonly kind: 'fullText';
}

/** Text that is kept searchable. */
export function fullText(): VFullText {
  return createValidator({ kind: 'fullText', json: { type: 'fullText' }, expected: 'string', check: checkText }, {});
}
