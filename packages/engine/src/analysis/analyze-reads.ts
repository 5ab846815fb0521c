/** What a run has read, in words, and how it could read less. */
import type { QueryAnalysis } from '@betterbase/core';
import { encodeKey } from '../keys/encode-key.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { CatalogTable, TableCatalog } from '../transaction/table-catalog.ts';
import { indexFields } from '../transaction/transaction.ts';
import type { ReadNotes, ScanNote, SqlNote } from './read-notes.ts';
import { indexFieldsFor, indexSuggestion, isOrderedBySql } from './suggest-index.ts';

/** Reading fewer rows than this is quick in any case. */
const fewRows = 100;
const inVain = 10;

interface Said {
  readonly plan: readonly string[];
  readonly tables: readonly string[];
  readonly read: number;
  readonly returned: number;
  readonly fullScans: readonly string[];
  readonly watches: QueryAnalysis['watches'];
  readonly suggested: readonly string[];
}

export function analyzeReads(catalog: TableCatalog, notes: ReadNotes): QueryAnalysis {
  const gets = [...notes.gets].map(
    ([table, count]): Said => ({
      plan: [`Gets ${count === 1 ? 'a document' : `${count} documents`} of \`${table}\` by id.`],
      tables: [table],
      read: count,
      returned: count,
      fullScans: [],
      watches: [{ table, by: 'document' }],
      suggested: [],
    }),
  );
  const all = [...notes.all.map((note) => (note.kind === 'scan' ? ofScan(catalog, note) : ofSql(catalog, note))), ...gets];
  const total = (of: (said: Said) => number): number => all.reduce((sum, said) => sum + of(said), 0);
  const rowsRead = total(({ read }) => read);
  const rowsReturned = total(({ returned }) => returned);
  const fullScans = unique(all.flatMap((said) => said.fullScans));
  const watches = new Map(all.flatMap((said) => said.watches).map((watch) => [`${watch.table} ${watch.by}`, watch]));
  return {
    plan: all.flatMap(({ plan }) => plan),
    tables: unique(all.flatMap(({ tables }) => tables)),
    rowsRead,
    rowsReturned,
    estimatedCost: rowsRead,
    fullScans,
    watches: [...watches.values()],
    suggestedIndexes: unique(all.flatMap(({ suggested }) => suggested)),
    isSlow: rowsRead > fewRows && (fullScans.length > 0 || rowsRead > rowsReturned * inVain),
  };
}

function ofScan(catalog: TableCatalog, note: ScanNote): Said {
  const { scan, range, compared, isFiltered, sortField, wanted } = note;
  const table = catalog.find(range.table);
  const read = scan.documentsRead;
  const returned = isFiltered || sortField !== null ? wanted : read;
  const given = table === undefined ? [] : givenFields(table, note);
  const isBounded = range.lower.prefix.length > 0 || range.upper.prefix.length > 0;
  const isFull = !isBounded && scan.hasReachedEnd;
  const fields = indexFieldsFor(given, compared, sortField);
  const isWorthIt = table !== undefined && fields.length > given.length && (read > returned || sortField !== null);
  return {
    plan: [scanWords(note, given, isBounded)],
    tables: [range.table],
    read,
    returned,
    fullScans: isFull ? [range.table] : [],
    watches: [{ table: range.table, by: isFull ? 'table' : 'range' }],
    suggested: isWorthIt ? [indexSuggestion(table, fields)] : [],
  };
}

/** The fields of the index that the range holds to one value. */
function givenFields(table: CatalogTable, { range: { index, lower, upper } }: ScanNote): readonly string[] {
  const fields = indexFields(table, index);
  const same = lower.prefix.findIndex((value, at) => at >= upper.prefix.length || encodeKey([value]) !== encodeKey([upper.prefix[at]]));
  const count = same < 0 ? Math.min(lower.prefix.length, upper.prefix.length) : same;
  return fields.slice(0, count).filter((field) => field !== '_creationTime');
}

function scanWords(
  { range, scan, compared, isFiltered, sortField, wanted }: ScanNote,
  given: readonly string[],
  isBounded: boolean,
): string {
  const where =
    given.length === 0 ? '' : ` where ${given.map((field) => `\`${field}\``).join(' and ')} ${given.length === 1 ? 'is' : 'are'} given`;
  const how = range.index === byCreationTime ? 'in order of creation' : `by index \`${range.index}\``;
  const what = isBounded ? 'a range' : scan.hasReachedEnd ? 'all' : 'the beginning';
  const on = unique(compared.map(({ field }) => `\`${field}\``)).join(', ');
  const filtered = isFiltered ? `, keeps ${wanted} that pass the filter${on === '' ? '' : ` on ${on}`}` : '';
  const sorted = sortField === null ? '' : `, sorts them by \`${sortField}\` in memory`;
  return `Reads ${what} of \`${range.table}\` ${how}${where}: ${scan.documentsRead} documents${filtered}${sorted}.`;
}

function ofSql(catalog: TableCatalog, { plan, tables, isOne, rowsRead, rowsReturned }: SqlNote): Said {
  const scanned = unique(plan.steps.flatMap(({ scans }) => (scans === null ? [] : [scans])));
  const suggestions = unique(plan.steps.flatMap(({ scans, looksUp }) => scans ?? looksUp ?? [])).flatMap((name) => {
    const table = catalog.find(name);
    return table === undefined
      ? []
      : ofScannedTable(
          table,
          plan.compared.filter(({ field }) => hasField(table, field)),
        );
  });
  return {
    plan: [...plan.steps.map(({ words }) => words), ...suggestions.flatMap(({ words }) => words)],
    tables,
    read: rowsRead ?? 0,
    returned: rowsReturned,
    fullScans: scanned,
    watches: tables.map((table) => ({ table, by: isOne ? 'document' : 'table' })),
    suggested: suggestions.flatMap(({ index }) => index),
  };
}

function ofScannedTable(
  table: CatalogTable,
  compared: SqlNote['plan']['compared'],
): { readonly words: string[]; readonly index: string[] }[] {
  const useful = compared.filter(({ field }) => isOrderedBySql(table, field));
  const others = unique(compared.filter(({ field }) => !isOrderedBySql(table, field)).map(({ field }) => field));
  const fields = indexFieldsFor([], useful, null);
  const said = others.map(
    (field) =>
      `No index on \`${field}\` of \`${table.name}\` can serve SQL, which compares columns of required strings and booleans only: read with ctx.db.query and withIndex.`,
  );
  return [{ words: said, index: fields.length === 0 ? [] : [indexSuggestion(table, fields)] }];
}

function hasField(table: CatalogTable, field: string): boolean {
  const { json } = table.document;
  return json.type === 'object' && Object.hasOwn(json.value, field);
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
