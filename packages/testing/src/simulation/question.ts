/** Questions about a table, and a model that answers them without sharing any code with the engine. */
import { compareValues, type Value } from '@betterbase/core';
import type { Seeded } from '../random/seeded.ts';
import { fieldNames, type FieldKind, type RandomTable, randomValue, textFields } from './random-table.ts';

export type ModelDocument = { readonly _id: string; readonly _creationTime: number } & { readonly [field: string]: Value };

interface Bound {
  readonly value: Value | undefined;
  readonly inclusive: boolean;
}

/** One live query, in words that both the engine's function and the model understand. */
export interface Question {
  readonly number: number;
  readonly table: string;
  readonly index: string;
  readonly fields: readonly string[];
  readonly equal: readonly (Value | undefined)[];
  readonly lower: Bound | null;
  readonly upper: Bound | null;
  readonly order: 'asc' | 'desc';
  readonly filter: { readonly field: string; readonly atLeast: Value } | null;
  readonly end:
    | { readonly do: 'collect' | 'first' | 'count' }
    | { readonly do: 'take'; readonly count: number }
    | { readonly do: 'get'; readonly id: string }
    | TextSearch;
}

/** What is found is compared as a set: relevance may drift without a change in what is found. */
export interface TextSearch {
  readonly do: 'search';
  readonly field: string;
  readonly words: readonly string[];
  readonly where: { readonly field: string; readonly value: Value | undefined } | null;
}

export function randomQuestion(number: number, table: RandomTable, random: Seeded, existing: readonly ModelDocument[]): Question {
  const index = random.pickAny<{ readonly name: string; readonly fields: readonly string[] }>([
    ...table.indexes,
    { name: 'by_creation_time', fields: [] },
  ]);
  const fields = [...index.fields, '_creationTime'];
  const kindOf = (field: string): FieldKind => table.kinds[field] ?? 'number';
  const equal = index.fields.slice(0, random.below(index.fields.length + 1)).map((field) => randomValue(kindOf(field), random));
  const next = index.fields[equal.length];
  const bound = (): Bound | null =>
    next === undefined || random.chance(0.5) ? null : { value: randomValue(kindOf(next), random), inclusive: random.chance(0.5) };
  const ids = existing.map((each) => each._id);
  const end: Question['end'] = random.pickAny<Question['end']>([
    { do: 'collect' },
    { do: 'first' },
    { do: 'count' },
    { do: 'take', count: random.below(5) },
    ...textFields(table).map((field) => randomSearch(table, field, random)),
    ...(ids.length > 0 ? [{ do: 'get', id: random.pickAny(ids) } as const] : []),
  ]);
  return {
    number,
    table: table.name,
    index: index.name,
    fields,
    equal,
    lower: bound(),
    upper: bound(),
    order: random.chance(0.5) ? 'asc' : 'desc',
    filter: end.do !== 'count' && end.do !== 'search' && random.chance(0.3) ? { field: random.pickAny(fieldNames), atLeast: 1 } : null,
    end,
  };
}

function randomSearch(table: RandomTable, field: string, random: Seeded): TextSearch {
  const words = Array.from({ length: 1 + random.below(2) }, () => random.pickAny(['x', 'xy', 'y', 'é', 'z']));
  const by = random.pickAny(fieldNames);
  const where = random.chance(0.4) ? { field: by, value: randomValue(table.kinds[by] ?? 'any', random) } : null;
  return { do: 'search', field, words, where };
}

function isFound({ field, words, where }: TextSearch, document: ModelDocument): boolean {
  const text = document[field];
  const own = typeof text === 'string' ? text.toLowerCase().split(/[ ,]+/) : [];
  const hasWord = own.some((word) => words.slice(0, -1).includes(word) || (word !== '' && word.startsWith(words.at(-1) ?? '')));
  return hasWord && (where === null || compareValues(document[where.field], where.value) === 0);
}

/** What a question should be answered: documents, or a count. */
export function answerByModel(question: Question, table: readonly ModelDocument[]): readonly ModelDocument[] | number {
  const { end } = question;
  if (end.do === 'get') return table.filter((document) => document._id === end.id);
  if (end.do === 'search') return table.filter((document) => isFound(end, document)).sort((a, b) => a._creationTime - b._creationTime);
  const range = inRange(question, table);
  return end.do === 'count' ? range.length : consumed(question, range).wanted;
}

/** What a question reads now, as a test for documents: is a place like this one inside? */
export function reading(question: Question, table: readonly ModelDocument[]): (document: ModelDocument) => boolean {
  const { end } = question;
  if (end.do === 'get') return (document) => document._id === end.id;
  if (end.do === 'search') return (document) => isFound(end, document);
  if (end.do === 'take' && end.count === 0) return () => false;
  if (end.do === 'count') return (document) => isInRange(question, document);
  const { last, isCut } = consumed(question, inRange(question, table));
  return (document) => isInRange(question, document) && (!isCut || last === null || compareInOrder(question, document, last) <= 0);
}

function consumed(
  question: Question,
  range: readonly ModelDocument[],
): { readonly wanted: readonly ModelDocument[]; readonly last: ModelDocument | null; readonly isCut: boolean } {
  const { filter, end } = question;
  const most = end.do === 'take' ? end.count : end.do === 'first' ? 1 : Number.POSITIVE_INFINITY;
  const wanted: ModelDocument[] = [];
  let last: ModelDocument | null = null;
  for (const document of range) {
    if (wanted.length >= most) break;
    last = document;
    if (filter === null || compareValues(document[filter.field], filter.atLeast) >= 0) wanted.push(document);
  }
  return { wanted, last, isCut: wanted.length >= most };
}

function inRange(question: Question, table: readonly ModelDocument[]): ModelDocument[] {
  return table.filter((document) => isInRange(question, document)).sort((a, b) => compareInOrder(question, a, b));
}

function isInRange(question: Question, document: ModelDocument): boolean {
  const { fields, equal, lower, upper } = question;
  if (equal.some((value, at) => compareValues(document[fields[at] ?? ''], value) !== 0)) return false;
  const next = document[fields[equal.length] ?? ''];
  if (lower !== null && (lower.inclusive ? compareValues(next, lower.value) < 0 : compareValues(next, lower.value) <= 0)) return false;
  return upper === null || (upper.inclusive ? compareValues(next, upper.value) <= 0 : compareValues(next, upper.value) < 0);
}

function compareInOrder(question: Question, a: ModelDocument, b: ModelDocument): number {
  for (const field of question.fields) {
    const order = compareValues(a[field], b[field]);
    if (order !== 0) return question.order === 'asc' ? order : -order;
  }
  return 0;
}
