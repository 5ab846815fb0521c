/** What somebody has changed about tables by hand: what is to be there, and is not. */
import { BetterBaseError } from '@betterbase/core';
import type { NormalizedTable } from '@betterbase/engine';
import { columnsOfIndex } from '../../sql/sql-table.ts';
import { createIdIndexText, createIndexText } from '../../sql/table-texts.ts';
import { indexName } from '../../sql/identifier.ts';
import type { SqlText } from '../../sql/sql-value.ts';
import type { RemoteDialect } from '../dialects.ts';
import type { RemoteResult } from '../remote-sql.ts';
import type { RemoteTable } from '../remote-table.ts';
import { rowColumns } from './outside-dialect.ts';

export interface Drift {
  readonly table: string;
  readonly what: 'table' | 'column' | 'index' | 'trigger';
  /** As SQL has it. */
  readonly name: string;
  /** SQL that puts it back, where nothing else is needed. */
  readonly mend: readonly string[];
}

/** What is asked: columns, then indexes, then triggers, each with its table. */
export function catalogueTexts({ outside }: RemoteDialect): readonly SqlText[] {
  const { columns, indexes, triggers } = outside.catalogue;
  return [columns, indexes, triggers].map((sql) => ({ sql, params: [] }));
}

/** @param answers to `catalogueTexts` */
export function findDrift(
  dialect: RemoteDialect,
  tables: Iterable<readonly [Pick<NormalizedTable, 'name' | 'number'>, RemoteTable]>,
  answers: readonly (RemoteResult | undefined)[],
): readonly Drift[] {
  const [columns, indexes, triggers] = answers.map(namesByTable);
  const drifts: Drift[] = [];
  for (const [{ name: table, number }, { sql }] of tables) {
    const place = unquote(sql.sqlName);
    const miss = (what: Drift['what'], name: string, mend: readonly string[] = []): void => void drifts.push({ table, what, name, mend });
    const own = columns?.get(place);
    if (own === undefined) {
      miss('table', place);
      continue;
    }
    for (const column of rowColumns(sql).map(unquote)) if (!own.has(column)) miss('column', column);
    const isIndexed = (name: string): boolean => indexes?.get(place)?.has(unquote(name)) === true;
    const idIndex = indexName(dialect, sql.place.home, 'by_id');
    if (!isIndexed(idIndex)) miss('index', unquote(idIndex), [createIdIndexText(sql)]);
    for (const index of sql.layout.indexes) {
      const name = indexName(dialect, sql.place.home, index.name);
      const isWhole = columnsOfIndex(dialect, index).every((column) => own.has(unquote(column)));
      if (!isIndexed(name)) miss('index', unquote(name), isWhole ? [createIndexText(sql, index)] : []);
    }
    const watch = dialect.outside.watch(sql, number);
    const lost = watch.triggers.find((name) => triggers?.get(place)?.has(unquote(dialect.quote(name))) !== true);
    if (lost !== undefined) miss('trigger', lost, [...watch.dropTexts, ...watch.createTexts]);
  }
  return drifts;
}

/** @param provider for people, such as `Turso` */
export function driftError(provider: string, drifts: readonly Drift[]): BetterBaseError {
  const named = drifts
    .slice(0, 5)
    .map(({ table, what, name }) => (what === 'table' ? `the table \`${table}\`` : `the ${what} \`${name}\` of \`${table}\``));
  const others = drifts.length > 5 ? `, and ${drifts.length - 5} more` : '';
  const mends = drifts.flatMap(({ mend }) => mend);
  return new BetterBaseError(
    'provider/drifted',
    `${provider}: somebody has changed the tables by hand: ${named.join(', ')}${others} ${drifts.length === 1 ? 'is' : 'are'} missing.`,
    {
      hint:
        mends.length > 0
          ? `Put ${drifts.length === 1 ? 'it' : 'them'} back: \`bb provider check\` prints the SQL. What has lost data comes back from a copy of the database.`
          : 'Bring the database back from a copy, or put back by SQL what is missing: `bb provider check` lists it.',
      details: { missing: drifts.map(({ table, what, name }) => ({ table, what, name })), sql: mends },
    },
  );
}

function namesByTable(result: RemoteResult | undefined): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const [table, name] of result?.rows ?? []) {
    const known = names.get(String(table)) ?? new Set();
    names.set(String(table), known.add(String(name)));
  }
  return names;
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
