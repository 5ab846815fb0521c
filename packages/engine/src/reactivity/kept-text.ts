/** A live query as text on disk. What is read here was written here. */
import { decodeFromJson, encodeToJson } from '@betterbase/core';
import type { FieldEquals } from '../ports/search-store.ts';
import type { ReadRange, ReadSearch, ReadSet } from '../transaction/read-set.ts';
import type { FunctionCall } from '../turn/turn.ts';

/** All that is known of a query between two runs. */
export interface WatchedRun {
  readonly call: FunctionCall;
  readonly hash: string;
  readonly journal: string | null;
  readonly reads: ReadSet;
}

interface Kept {
  readonly call: FunctionCall;
  readonly hash: string;
  readonly journal: string | null;
  readonly ranges: readonly (readonly [table: string, index: string, lower: string, upper: string])[];
  readonly ids: readonly string[];
  readonly searches: readonly (Omit<ReadSearch, 'filters'> & {
    readonly filters: readonly (readonly [field: string, value: string | null])[];
  })[];
}

export function encodeKept({ call, hash, journal, reads }: WatchedRun): string {
  const kept: Kept = {
    call,
    hash,
    journal,
    ranges: reads.ranges.map(({ table, index, lower, upper }) => [table, index, lower, upper]),
    ids: [...reads.ids],
    searches: reads.searches.map(({ table, index, field, terms, prefix, filters }) => ({
      table,
      index,
      field,
      terms,
      prefix,
      filters: filters.map((filter) => [filter.field, filter.value === undefined ? null : encodeToJson(filter.value)]),
    })),
  };
  return JSON.stringify(kept);
}

export function decodeKept(text: string): WatchedRun {
  const { call, hash, journal, ranges, ids, searches } = JSON.parse(text) as Kept;
  return {
    call,
    hash,
    journal,
    reads: {
      ranges: ranges.map(([table, index, lower, upper]): ReadRange => ({ table, index, lower, upper })),
      ids: new Set(ids),
      searches: searches.map((search) => ({ ...search, filters: search.filters.map(toFilter) })),
    },
  };
}

function toFilter([field, value]: readonly [string, string | null]): FieldEquals {
  return { field, value: value === null ? undefined : decodeFromJson(value) };
}
