/**
 * Conditions on what is inside JSON, decided by its JSON text: every value has one (`encodeToJson`), so equal values have equal
 * texts, and no number is read and rounded.
 */
import { encodeToJson } from '@betterbase/core';
import type { SqlText } from '../sql-value.ts';
import type { ConditionDialect } from './condition-dialect.ts';
import { sqlText } from './sql-text.ts';

const infinite = [encodeToJson(Number.POSITIVE_INFINITY), encodeToJson(Number.NEGATIVE_INFINITY)] as const;
const nearZero = encodeToJson(-0);
const zeros = ['0', 'false', nearZero, encodeToJson(0n)];
const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');

/** `json` is the JSON text, or NULL where there is nothing. */
export function isNullJson(json: string): string {
  return `COALESCE(${json} = 'null' OR ${isNaNJson(json)}, TRUE)`;
}

/** Numbers are true unless zero; what is no boolean or number is not known. */
export function jsonHolds(json: string): string {
  return `CASE WHEN ${json} IN (${quoted(zeros)}) THEN FALSE WHEN ${json} IN ('true', ${quoted(infinite)}) OR substr(${json}, 1, 11) = '{"$integer"' OR substr(${json}, 1, 1) IN ('-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9') THEN TRUE END`;
}

/**
 * Whether it equals a value, or does not.
 *
 * @param onlyTrue whether false is as good as not known
 */
export function jsonEquals(
  json: string,
  isEqual: boolean,
  value: string | number | boolean,
  { text: param, jsonTexts }: Pick<ConditionDialect, 'text' | 'jsonTexts'>,
  onlyTrue: boolean,
): SqlText {
  const params = typeof value === 'string' ? jsonTexts(encodeToJson(value)) : textsOfNumber(Number(value));
  const among: SqlText = { sql: `${json} ${isEqual ? '' : 'NOT '}IN (${params.map(() => param).join(', ')})`, params };
  return isEqual && onlyTrue ? sqlText`(${among})` : sqlText`CASE WHEN ${isComparable(json)} THEN ${among} END`;
}

/** Texts, numbers, booleans, and what stands for a value that JSON has not. */
function isComparable(json: string): string {
  return `${json} <> 'null' AND substr(${json}, 1, 1) <> '[' AND (substr(${json}, 1, 1) <> '{' OR substr(${json}, 1, 3) = '{"$') AND NOT ${isNaNJson(json)}`;
}

function isNaNJson(json: string): string {
  return `(substr(${json}, 1, 9) = '{"$float"' AND ${json} NOT IN (${quoted([...infinite, nearZero])}))`;
}

/** Two to the 63rd: no whole number of 64 bits is as large. */
const beyond = 2 ** 63;

/** The JSON texts of all values that count the same, always as many: one text of SQL does for all numbers. */
function textsOfNumber(number: number): readonly string[] {
  const isWhole = Number.isInteger(number) && number >= -beyond && number < beyond;
  const texts = [encodeToJson(number === 0 ? 0 : number), isWhole ? encodeToJson(BigInt(number)) : ''];
  const [same, more] = number === 0 ? ['false', nearZero] : [number === 1 ? 'true' : '', ''];
  return [...texts, same, more].map((text) => text || (texts[0] ?? ''));
}

/** The infinite number that JSON text stands for, or NULL. */
export function infiniteJson(json: string, infinity: string): string {
  return `CASE ${json} WHEN '${infinite[0]}' THEN ${infinity} WHEN '${infinite[1]}' THEN -${infinity} END`;
}
