/** Searches by nearness of vectors: `vectorSearch` of Convex and `similarity` of BetterBase. */
import { BetterBaseError, fixedLimits, overFixedLimit, isPlainObject, type Value } from '@betterbase/core';
import type { FieldEquals } from '../ports/search-store.ts';
import type { NearDocument, VectorMetric } from '../ports/vector-store.ts';
import { asVector } from '../search/vector-score.ts';
import type { ReadView } from '../transaction/read-view.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';

const metrics: readonly VectorMetric[] = ['cosine', 'euclidean', 'inner_product'];

export interface VectorMatch {
  readonly [field: string]: Value;
  readonly _id: string;
  /** The cosine of the angle between the vectors, from -1 to 1. */
  readonly _score: number;
}

export interface VectorQuestion {
  readonly index: string;
  readonly vector: unknown;
  readonly limit: unknown;
  readonly anyOf: readonly FieldEquals[];
}

/** @throws BetterBaseError `index/not-found`, `query/bad-vector` */
export async function searchVectors(transaction: ReadView, table: CatalogTable, question: VectorQuestion): Promise<VectorMatch[]> {
  const { index: name, anyOf, limit = 10 } = question;
  const index = table.vectors.get(name);
  if (index === undefined) {
    throw new BetterBaseError('index/not-found', `Table \`${table.name}\` has no vector index \`${name}\`.`, {
      hint: `Add it in betterbase/schema.ts with .vectorIndex('${name}', { vectorField: …, dimensions: … }).`,
    });
  }
  const wrong = (what: string): BetterBaseError => badVector(`This search in index \`${name}\` of \`${table.name}\``, what);
  const other = anyOf.find(({ field }) => !index.filterFields.includes(field));
  if (other !== undefined) throw wrong(`filters by \`${other.field}\`, which is none of its filter fields`);
  if (anyOf.length > fixedLimits.vectorFilters.value) {
    const what = `This search in index \`${name}\` of \`${table.name}\` has ${anyOf.length} filter values`;
    throw overFixedLimit(
      'vectorFilters',
      anyOf.length,
      what,
      'Keep a field that says what these values have in common, and filter by that.',
    );
  }
  const vector = parseVector(question.vector, index.dimensions, wrong);
  const near = await transaction.nearest(table, {
    field: index.vectorField,
    vector,
    metric: 'cosine',
    anyOf,
    leastScore: Number.NEGATIVE_INFINITY,
    limit: parseLimit(limit, wrong),
  });
  return near.map(({ id, score }) => ({ _id: id, _score: score }));
}

/**
 * `ctx.db.similarity(table, vector, { column, topK, threshold, metric })`: the nearest documents, each with its `distance`.
 *
 * @throws BetterBaseError `query/bad-vector`
 */
export async function similarDocuments(
  transaction: ReadView,
  table: CatalogTable,
  given: unknown,
  options: unknown,
): Promise<{ [field: string]: Value }[]> {
  const wrong = (what: string): BetterBaseError => badVector(`ctx.db.similarity in \`${table.name}\``, what);
  const {
    column = 'embedding',
    topK = 10,
    threshold = Number.POSITIVE_INFINITY,
    metric: wanted = 'cosine',
  } = isPlainObject(options) ? options : {};
  const metric = metrics.find((each) => each === wanted);
  if (metric === undefined) throw wrong(`takes a metric of ${metrics.join(', ')}`);
  if (typeof column !== 'string') throw wrong('takes the name of a column');
  if (typeof threshold !== 'number' || Number.isNaN(threshold)) throw wrong('takes a number as threshold, the greatest distance');
  const dimensions = table.dimensions.get(column);
  if (dimensions === undefined) throw wrong(`needs a v.vector() field, and \`${column}\` is none`);
  const vector = parseVector(given, dimensions, wrong);
  const near = await transaction.nearest(table, {
    field: column,
    vector,
    metric,
    anyOf: [],
    leastScore: distanceOf(metric, threshold),
    limit: parseLimit(topK, wrong),
  });
  const documents = await Promise.all(near.map(async (each) => ({ each, document: await transaction.get(table, each.id) })));
  return documents.flatMap(({ each, document }) => (document === null ? [] : [{ ...document, distance: distance(metric, each) }]));
}

function distance(metric: VectorMetric, { score }: NearDocument): number {
  return distanceOf(metric, score);
}

/** From score to distance and back: each is the other's mirror. */
function distanceOf(metric: VectorMetric, score: number): number {
  return metric === 'cosine' ? 1 - score : 0 - score;
}

function parseVector(given: unknown, dimensions: number, wrong: (what: string) => BetterBaseError): readonly number[] {
  if (!Array.isArray(given)) throw wrong('needs a vector, an array of numbers');
  if (given.length !== dimensions) throw wrong(`needs a vector of ${dimensions} numbers and got ${given.length}`);
  const vector = asVector(given, dimensions);
  if (vector === null || !vector.every((element) => Number.isFinite(element))) throw wrong('needs a vector of finite numbers');
  return vector;
}

function parseLimit(limit: unknown, wrong: (what: string) => BetterBaseError): number {
  const most = fixedLimits.vectorResults.value;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1) throw wrong(`takes a limit from 1 to ${most}`);
  if (limit <= most) return limit;
  throw overFixedLimit(
    'vectorResults',
    limit,
    `This search asks for ${limit} documents`,
    'Take fewer, and narrow the search with its filter.',
  );
}

function badVector(search: string, what: string): BetterBaseError {
  return new BetterBaseError('query/bad-vector', `${search} ${what}.`, {
    hint: 'Embed the question with the same model as the documents, and pass the whole embedding.',
  });
}
