import { BetterBaseError } from '@betterbase/core';
import { isRecord } from '../../json/is-record.ts';
import { parseJson } from '../../json/parse-json.ts';

/** @throws BetterBaseError `usage/bad-option` when the option's text is no JSON object */
export function recordOf(text: string, option: string): Record<string, unknown> {
  const parsed = parseJson(text);
  if (isRecord(parsed)) return parsed;
  throw new BetterBaseError('usage/bad-option', `${option} is no JSON object: ${text}`, {
    hint: `Put it in single quotes, like '{"sub": "ada"}'.`,
  });
}
