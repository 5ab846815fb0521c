/** The tables elsewhere in which imported documents wait for their commit. */
import { encodeToJson } from '@betterbase/core';
import { useOf, type StagedPart } from '../../home/staged-imports.ts';
import type { ImportEntry } from '../../home/import-ledger.ts';
import type { RemoteDialect } from '../dialects.ts';
import { placeOf } from '../../sql/sql-table.ts';
import { plainTexts } from '../../sql/plain-texts.ts';
import type { SqlText } from '../../sql/sql-value.ts';
import { createIdIndexText, createTableText } from '../../sql/table-texts.ts';
import { placeNamed } from '../../sql/table-place.ts';
import type { RemoteLink } from '../remote-link.ts';
import { RemoteSqlError } from '../remote-sql.ts';
import { RemoteTable } from '../remote-table.ts';
import { createTexts, dropTexts } from '../remote-table-texts.ts';
import { insertStatement } from '../write-notes.ts';
import type { WaitingDocuments } from './waiting-documents.ts';

/** What one round trip takes along. */
const mostDocuments = 200;
const mostCharacters = 1_000_000;

export interface AsidePart extends StagedPart {
  /** `swap`: it has all that the table has, and becomes it. `move`: its rows go to where others are. */
  readonly use: 'swap' | 'move';
  readonly aside: RemoteTable;
}

export function asidePart(entry: ImportEntry, part: StagedPart, target: RemoteTable, dialect: RemoteDialect): AsidePart {
  const { wanted, table } = part;
  const use = useOf(entry.plan, wanted);
  const indexes = use === 'swap' ? table.indexes : table.indexes.filter(({ kind }) => kind === 'index');
  const place = placeNamed(`_bb_import_${entry.number}_${table.name}`);
  return { ...part, use, aside: new RemoteTable({ ...table, indexes }, { dialect, place, hasVectors: () => comparesVectors(target) }) };
}

/** Whether the database has vector indexes of its own for a table. */
export function comparesVectors({ sides }: RemoteTable): boolean {
  return [...sides.values()].some(({ manifest }) => manifest.kind === 'vector');
}

/** For a table that there is not, or not any more. */
export function asideTexts({ use, aside }: AsidePart, { outside }: RemoteDialect): readonly SqlText[] {
  return plainTexts(use === 'swap' ? createTexts(aside, outside.defaults) : [createTableText(aside.sql), createIdIndexText(aside.sql)]);
}

export function dropAsideTexts({ aside }: Pick<AsidePart, 'aside'>): readonly SqlText[] {
  return plainTexts(dropTexts(aside).map((text) => text.replace(/^DROP TABLE /, 'DROP TABLE IF EXISTS ')));
}

/** Brings the staged documents there that are not there yet. However often one is sent, it is there once. */
export async function sendWaiting(
  { link, waiting, number }: { readonly link: RemoteLink; readonly waiting: WaitingDocuments; readonly number: number },
  part: AsidePart,
): Promise<void> {
  const { table, staging } = part;
  for (;;) {
    const places = waiting.first(number, table.name, mostDocuments);
    if (places.length === 0) return;
    const staged = withinWeight(staging.at(places));
    try {
      await link.write(insertTexts(part, staged));
    } catch (failure) {
      const isThere = failure instanceof RemoteSqlError && failure.failure.kind === 'constraint' && failure.failure.which === 'unique';
      if (!isThere) throw link.named(failure);
      // They were sent before, and the answer was lost.
      const missing = await missingThere(link, part, staged);
      if (missing.length === staged.length) throw link.named(failure);
      await link.write(insertTexts(part, missing));
    }
    waiting.remove(number, table.name, staged.map(placeOfStaged));
  }
}

type Staged = ReturnType<StagedPart['staging']['at']>[number];

function placeOfStaged({ document }: Staged): number {
  return placeOf(document);
}

function withinWeight(all: readonly Staged[]): readonly Staged[] {
  let characters = 0;
  const end = all.findIndex(({ document }) => (characters += encodeToJson(document).length) > mostCharacters);
  return end < 0 ? all : all.slice(0, Math.max(1, end));
}

function insertTexts({ table, aside }: AsidePart, staged: readonly Staged[]): readonly SqlText[] {
  const writes = staged.map(({ document: after }) => ({ table: table.name, id: after._id, before: null, after }));
  return [
    ...staged.map(({ document, updatedTime }) => insertStatement(aside.sql, document, updatedTime)),
    ...[...aside.sides.values()].flatMap((side) => side.apply(writes)),
  ];
}

async function missingThere(link: RemoteLink, { aside }: AsidePart, staged: readonly Staged[]): Promise<readonly Staged[]> {
  const { sqlName, codec } = aside.sql;
  const text = `SELECT _seq FROM ${sqlName} WHERE _seq IN (${codec.dialect.numbersOfJson})`;
  const [rows = []] = await link.read([{ sql: text, params: [JSON.stringify(staged.map(placeOfStaged))] }]);
  const there = new Set(rows.map(([place]) => Number(place)));
  return staged.filter((each) => !there.has(placeOfStaged(each)));
}
