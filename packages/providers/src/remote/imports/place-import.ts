/** The statements that put what lies aside into the tables, or in their place. */
import { BetterBaseError } from '@betterbase/core';
import { type DocumentWrite, type ImportedTable, type StoredDocument } from '@betterbase/engine';
import { plainTexts } from '../../sql/plain-texts.ts';
import type { SqlText } from '../../sql/sql-value.ts';
import { pageOf, pageTexts } from '../../sql/page-text.ts';
import type { RemoteLink } from '../remote-link.ts';
import { RemoteTable } from '../remote-table.ts';
import { dropTexts } from '../remote-table-texts.ts';
import { type AsidePart, comparesVectors } from './aside-tables.ts';

export interface PlacedPart extends AsidePart {
  readonly target: RemoteTable;
}

export interface Placement {
  readonly imported: ImportedTable;
  readonly statements: readonly SqlText[];
  /** If it is another SQL table then. */
  readonly next: RemoteTable | null;
}

/** Index entries are said one by one, and all of them go in one batch. */
const mostIndexed = 10_000;
const chunk = 500;

/** What lies aside becomes the table: however much it is, this takes no time. */
export function swapTable({ target, aside, staging, wanted, table }: PlacedPart, deleted: number): Placement {
  const { dialect } = target.sql.codec;
  const next = new RemoteTable(table, {
    dialect,
    place: { sqlName: target.sql.place.sqlName, home: aside.sql.place.home },
    hasVectors: () => comparesVectors(aside),
  });
  return {
    imported: { table: wanted.table, inserted: staging.count(), replaced: 0, deleted },
    statements: plainTexts([...dropTexts(target), `ALTER TABLE ${aside.sql.sqlName} RENAME TO ${next.sql.sqlName}`]),
    next,
  };
}

/** @throws BetterBaseError `import/too-large` when more documents of searched tables come than one batch can take */
export async function moveRows(link: RemoteLink, part: PlacedPart, there: number, extent: 'try' | 'part' | 'whole'): Promise<Placement> {
  const { target, aside, staging, wanted } = part;
  const { sqlName, codec } = target.sql;
  const same = `_id IN (SELECT _id FROM ${aside.sql.sqlName})`;
  const [[counted] = []] =
    wanted.mode === 'upsert' ? await link.read(plainTexts([`SELECT COUNT(*) AS replaced FROM ${sqlName} WHERE ${same}`])) : [];
  const replaced = Number(counted?.[0] ?? 0);
  const isEmptied = wanted.mode === 'replace';
  const list = `_seq, _id, "_updatedTime", ${codec.columns.map(({ name }) => name).join(', ')}`;
  const sides = [...target.sides.values()];
  const statements = plainTexts([
    ...(isEmptied ? sides.flatMap((side) => [...side.dropTexts, ...side.createTexts]) : []),
    ...(isEmptied ? [`DELETE FROM ${sqlName}`] : []),
    ...(replaced > 0 ? [`DELETE FROM ${sqlName} WHERE ${same}`] : []),
    `INSERT INTO ${sqlName} (${list}) SELECT ${list} FROM ${aside.sql.sqlName} ORDER BY _seq`,
    extent === 'part' ? `DELETE FROM ${aside.sql.sqlName}` : `DROP TABLE ${aside.sql.sqlName}`,
  ]);
  if (sides.length > 0 && extent !== 'try') {
    const indexed = staging.count() + replaced;
    if (indexed > mostIndexed) throw tooLarge(wanted.table, indexed);
    const writes = await indexedWrites(link, part, replaced > 0);
    statements.push(...sides.flatMap((side) => side.apply(writes)));
  }
  const deleted = isEmptied ? there : 0;
  return { imported: { table: wanted.table, inserted: staging.count() - replaced, replaced, deleted }, statements, next: null };
}

/** What the documents were, and what they become. */
async function indexedWrites(link: RemoteLink, part: PlacedPart, isReplacing: boolean): Promise<readonly DocumentWrite[]> {
  const { target, aside, staging, table } = part;
  const old = new Map<string, StoredDocument>();
  if (isReplacing) {
    const where = ` AND _id IN (SELECT _id FROM ${aside.sql.sqlName})`;
    for (let behind = Number.MIN_SAFE_INTEGER; ; ) {
      const { rows, isLast } = pageOf(await link.read(pageTexts(target.sql, { behind, upTo: Number.MAX_SAFE_INTEGER, where })));
      for (const row of rows) {
        behind = Number(row[0]);
        const document = target.sql.codec.decode(row);
        old.set(document._id, document);
      }
      if (isLast) break;
    }
  }
  const writes: DocumentWrite[] = [];
  for (let place = Number.MIN_SAFE_INTEGER; ; ) {
    const places = staging.placesAfter(place, chunk);
    for (const { document: after } of staging.at(places))
      writes.push({ table: table.name, id: after._id, before: old.get(after._id) ?? null, after });
    const last = places.at(-1);
    if (last === undefined || places.length < chunk) return writes;
    place = last;
  }
}

function tooLarge(table: string, documents: number): BetterBaseError {
  return new BetterBaseError('import/too-large', `${documents} documents of \`${table}\` cannot be indexed at once.`, {
    hint: 'Import with --batched, which commits as it goes, or with --replace.',
    details: { table, documents, most: mostIndexed },
  });
}
