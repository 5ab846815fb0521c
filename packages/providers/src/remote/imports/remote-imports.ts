/**
 * Imports into a database elsewhere.
 *
 * Documents are staged at home, where they are checked against each other, and sent to tables aside, where nobody sees them.
 * One batch puts these into the tables of documents, or in their place, if the version is the one that all was checked at.
 *
 * Always true: what is staged at home is aside elsewhere, or waits to be sent; a commit of which nobody knows what became is
 * known by what has become of the tables aside.
 */
import {
  type CommittedImport,
  type ImportCommit,
  type ImportedTable,
  type ImportPlan,
  type ImportRecord,
  type ImportStore,
  type StagedDocument,
} from '@betterbase/engine';
import type { SqlDisk } from '../../disk/sql-disk.ts';
import type { ImportEntry } from '../../home/import-ledger.ts';
import { goesBeside, type ImportStand, StagedImports, sumImported } from '../../home/staged-imports.ts';
import type { RemoteDialect } from '../dialects.ts';
import { endOfOurs } from '../outside/log-tables.ts';
import type { LedgerState } from '../../sql/ledger-state.ts';
import { plainTexts } from '../../sql/plain-texts.ts';
import { placeOf } from '../../sql/sql-table.ts';
import type { SqlText } from '../../sql/sql-value.ts';
import type { Stand, Standing } from '../../sql/standing.ts';
import { TableCounts } from '../../sql/table-counts.ts';
import { advance, noteMigration } from '../remote-ledger.ts';
import type { RemoteLink } from '../remote-link.ts';
import type { RemoteTable } from '../remote-table.ts';
import { asidePart, type AsidePart, asideTexts, dropAsideTexts, sendWaiting } from './aside-tables.ts';
import { checkImport } from './check-import.ts';
import { placesTaken } from './make-room.ts';
import { moveRows, type PlacedPart, type Placement, swapTable } from './place-import.ts';
import { WaitingDocuments } from './waiting-documents.ts';

export interface RemoteImportsParts {
  readonly link: RemoteLink;
  readonly dialect: RemoteDialect;
  readonly standing: Standing<RemoteTable>;
  /** A database of our own. */
  readonly disk: SqlDisk;
  /** Takes over where the store stands after the commit of an import. */
  readonly committed: (next: Stand<RemoteTable>) => void;
}

export class RemoteImports implements ImportStore {
  readonly #parts: RemoteImportsParts;
  readonly #staged: StagedImports;
  readonly #waiting: WaitingDocuments;

  constructor(parts: RemoteImportsParts) {
    this.#parts = parts;
    this.#staged = new StagedImports({ disk: parts.disk, useOf: () => 'move' });
    this.#waiting = new WaitingDocuments(parts.disk);
  }

  async begin(id: string, plan: ImportPlan, deployment: string, now: number): Promise<void> {
    const stand = this.#stand();
    const [entry, old] = this.#staged.begin(id, plan, deployment, now, stand);
    for (const each of [...old, entry]) await this.#dropAside(each);
    await this.#makeTables(entry);
  }

  async find(id: string): Promise<ImportRecord | null> {
    const entry = await this.#settled(id);
    return entry === null ? null : this.#staged.record(entry, this.#stand());
  }

  async stage(id: string, table: string, documents: readonly StagedDocument[], lines: number, now: number): Promise<void> {
    const entry = this.#staged.entry(id);
    const { state } = this.#stand();
    const wanted = entry.plan.tables.find((each) => each.table === table);
    const isTaken =
      wanted !== undefined && goesBeside(wanted)
        ? await placesTaken(
            this.#parts.link,
            this.#parts.standing.table(table),
            documents.map(({ document }) => document),
          )
        : () => false;
    this.#staged.stage(id, table, documents, { lines, now, state, isTaken }, (_part, staged) =>
      this.#waiting.add(entry.number, table, staged.map(placeOf)),
    );
    await this.#send(entry);
  }

  async finish(id: string, commit: ImportCommit): Promise<CommittedImport> {
    await this.#settled(id);
    const entry = this.#staged.entry(id);
    const { link, standing } = this.#parts;
    const { basedOn, version, now, extent } = commit;
    const old = extent === 'try' ? standing.now : standing.basedOn(basedOn);
    await this.#send(entry);
    const { schema: numbered, nextNumber } = this.#staged.numbers(entry.plan, this.#stand());
    const parts = this.#placedParts(entry);
    await checkImport({ link, standing, dialect: this.#parts.dialect }, parts);

    const time = Math.max(extent === 'try' ? old.state.time : commit.time, ...parts.map(({ staging }) => staging.newestTime()));
    const placements: Placement[] = [];
    for (const part of parts) {
      const there = old.counts.of(part.wanted.table);
      placements.push(part.use === 'swap' ? swapTable(part, there) : await moveRows(link, part, there, extent));
    }
    const done = placements.map(({ imported }) => imported);
    const tables = sumImported(entry.tables, done);
    const next = this.#after(old, placements, { schema: numbered, nextTable: nextNumber, version, time });
    const { schema } = next.state;
    if (extent === 'try') return { summary: { tables }, schema, time };

    this.#waiting.send(entry.number, { extent, version, tables: JSON.stringify(tables), now });
    const { counts } = next.state;
    try {
      await link.write([
        advance(basedOn, { version, time, counts: counts ?? '' }),
        ...this.#watching(old, next, 'dropTexts'),
        ...placements.flatMap(({ statements }) => statements),
        ...this.#watching(next, old, 'createTexts'),
        ...noteMigration(old.state.schema, next.state),
        endOfOurs,
      ]);
    } catch (failure) {
      throw link.named(failure);
    }
    this.#parts.committed(next);
    this.#committed(entry, tables, { extent, now }, old.state);
    return { summary: { tables }, schema, time };
  }

  async drop(id: string): Promise<void> {
    const entry = this.#staged.drop(id);
    if (entry !== null) await this.#dropAside(entry);
  }

  #after(
    old: Stand<RemoteTable>,
    placements: readonly Placement[],
    { schema: numbered, nextTable, version, time }: Pick<LedgerState, 'schema' | 'nextTable' | 'version' | 'time'>,
  ): Stand<RemoteTable> {
    const swapped = placements.flatMap(({ next }) => next ?? []);
    const names = new Set(swapped.map(({ sql }) => sql.name));
    const schema = { tables: numbered.tables.map((table) => (names.has(table.name) ? { ...table } : table)) };
    const changed = new Map(placements.map(({ imported }) => [imported.table, imported]));
    const counts = TableCounts.count(schema, (table) => {
      const { inserted = 0, deleted = 0 } = changed.get(table) ?? {};
      return old.counts.of(table) - deleted + inserted;
    });
    const places = new Map([...old.state.places, ...swapped.map(({ sql }) => [sql.name, sql.place] as const)]);
    const state = { ...old.state, schema, nextTable, version, time, places, counts: counts.text(version) };
    return { state, counts, tables: new Map([...old.tables, ...swapped.map((table) => [table.sql.name, table] as const)]) };
  }

  /** What notes others' writes goes by a table's number, and leaves with the SQL table that it is on. */
  #watching({ state, tables }: Stand<RemoteTable>, other: Stand<RemoteTable>, what: 'createTexts' | 'dropTexts'): readonly SqlText[] {
    const before = new Map(other.state.schema.tables.map((table) => [table.name, table]));
    const texts = state.schema.tables.flatMap(({ name, number }) => {
      const table = tables.get(name);
      if (table === undefined || (before.get(name)?.number === number && other.tables.get(name) === table)) return [];
      return this.#parts.dialect.outside.watch(table.sql, number)[what];
    });
    return plainTexts(texts);
  }

  #committed(
    entry: ImportEntry,
    tables: readonly ImportedTable[],
    { extent, now }: Pick<ImportCommit, 'extent' | 'now'>,
    state: LedgerState,
  ): void {
    this.#parts.disk.transaction(() => {
      if (extent === 'whole') this.#waiting.forget(entry.number);
      else this.#waiting.send(entry.number, null);
      this.#staged.committed(entry, tables, { extent, now }, state);
    });
  }

  /** The import, once it is known what became of the commit that was sent last. */
  async #settled(id: string): Promise<ImportEntry | null> {
    const entry = this.#staged.find(id);
    if (entry === null || entry.isFinished) return entry;
    const sent = this.#waiting.sent(entry.number);
    if (sent === null) return entry;
    const { state } = this.#stand();
    if (state.version >= sent.version && !(await this.#isAside(entry, sent.extent))) {
      // Written by `finish` alone.
      const tables = JSON.parse(sent.tables) as ImportedTable[];
      this.#committed(entry, tables, { extent: sent.extent, now: sent.now }, state);
    } else this.#waiting.send(entry.number, null);
    return this.#staged.find(id);
  }

  /** Whether documents still lie aside. */
  async #isAside(entry: ImportEntry, extent: 'part' | 'whole'): Promise<boolean> {
    const { link } = this.#parts;
    for (const { aside, staging } of this.#asideParts(entry)) {
      const exists = (await link.read([this.#parts.dialect.tableExists(aside.sql.place.sqlName)]))[0]?.length !== 0;
      if (!exists) return false;
      if (extent === 'part' && staging.count() > 0) {
        const [rows] = await link.read(plainTexts([`SELECT 1 AS one FROM ${aside.sql.sqlName} LIMIT 1`]));
        return (rows?.length ?? 0) > 0;
      }
    }
    return true;
  }

  async #send(entry: ImportEntry): Promise<void> {
    const { link } = this.#parts;
    await this.#makeTables(entry);
    for (const part of this.#asideParts(entry)) await sendWaiting({ link, waiting: this.#waiting, number: entry.number }, part);
  }

  async #makeTables(entry: ImportEntry): Promise<void> {
    if (this.#waiting.hasTables(entry.number)) return;
    const parts = this.#asideParts(entry);
    await this.#parts.link.apply(parts.flatMap((part) => [...dropAsideTexts(part), ...asideTexts(part, this.#parts.dialect)]));
    this.#waiting.madeTables(entry.number);
  }

  async #dropAside(entry: ImportEntry): Promise<void> {
    if (!entry.isFinished) await this.#parts.link.apply(this.#asideParts(entry).flatMap(dropAsideTexts));
    this.#waiting.forget(entry.number);
  }

  #asideParts(entry: ImportEntry): AsidePart[] {
    const { dialect, standing } = this.#parts;
    return this.#staged.parts(entry, this.#stand().state).map((part) => asidePart(entry, part, standing.table(part.table.name), dialect));
  }

  #placedParts(entry: ImportEntry): PlacedPart[] {
    return this.#asideParts(entry).map((part) => ({ ...part, target: this.#parts.standing.table(part.table.name) }));
  }

  #stand(): ImportStand {
    const { state, counts } = this.#parts.standing.now;
    return { state, count: (table) => counts.of(table) };
  }
}
