/**
 * Tables elsewhere that are written anew while the old ones serve.
 *
 * Documents are laid aside in tables there; what is known of them is kept at home. Always true: what lies aside for a document
 * is what was made of it as it is, or the document is dirty or still ahead.
 */
import {
  type BackfillBatch,
  type BackfillStart,
  type BackfillState,
  type BackfillStore,
  isSameJson,
  type Migration,
  planMigration,
  plannable,
  type StoredDocument,
  type TableStep,
} from '@betterbase/engine';
import { pageOf, pageTexts } from '../../sql/page-text.ts';
import { plainTexts } from '../../sql/plain-texts.ts';
import { placeOf } from '../../sql/sql-table.ts';
import type { SqlText } from '../../sql/sql-value.ts';
import type { Standing } from '../../sql/standing.ts';
import type { RemoteDialect } from '../dialects.ts';
import { enableVectors } from '../enable-vectors.ts';
import { findClash } from '../find-clash.ts';
import type { RemoteLink } from '../remote-link.ts';
import { RemoteSqlError } from '../remote-sql.ts';
import { RemoteTable } from '../remote-table.ts';
import { createTexts, dropTexts } from '../remote-table-texts.ts';
import { insertStatement } from '../write-notes.ts';
import type { HomeBackfill, HomePart } from './home-backfill.ts';

export interface RemoteBackfillsParts {
  readonly link: RemoteLink;
  readonly dialect: RemoteDialect;
  readonly standing: Standing<RemoteTable>;
  readonly home: HomeBackfill;
  /** Called in the transaction in which one begins. */
  readonly onBegin: () => void;
}

/** A table that is ready but for a few documents. */
export interface PreparedTable {
  readonly aside: RemoteTable;
  /** Lays the rest aside, as `change` makes them; null is no good. Returns whether nothing is missing then. */
  readonly finish: (change: (document: StoredDocument) => StoredDocument | null) => Promise<boolean>;
}

interface Part {
  readonly home: HomePart;
  readonly source: RemoteTable;
  readonly aside: RemoteTable;
}

interface Changed {
  readonly after: StoredDocument;
  readonly updatedTime: number;
}

export class RemoteBackfills implements BackfillStore {
  readonly #parts: RemoteBackfillsParts;
  /** How many documents lie aside, by the table's number, once they have been counted. */
  readonly #lying = new Map<number, number>();

  constructor(parts: RemoteBackfillsParts) {
    this.#parts = parts;
  }

  async begin(start: BackfillStart): Promise<void> {
    const { link, dialect, home, standing, onBegin } = this.#parts;
    if (home.entry?.deployment === start.deployment) return;
    const wanted = new Set(start.tables);
    const steps = this.#planOf(start).filter(({ old, next }) => old !== null && wanted.has(next.name));
    const hasVectors = await enableVectors({ link, dialect }, steps);
    const mark = standing.now.state.version + 1;
    const tables = steps.map(({ old, next: { name, number } }) => ({
      number,
      from: old?.name ?? name,
      name,
      home: `${name}~b${mark}`,
      hasVectors,
    }));
    this.#lying.clear();
    home.begin(start, tables, onBegin);
    const asides = this.#partsNow().map(({ aside }) => aside);
    await this.#parts.link.apply(
      asides.flatMap((aside) => [...dropped(aside), ...plainTexts(createTexts(aside, dialect.outside.defaults))]),
    );
  }

  async state(): Promise<BackfillState | null> {
    const { home, standing } = this.#parts;
    const { entry } = home;
    if (entry === null) return null;
    let [done, total] = [0, 0];
    for (const part of this.#partsNow()) {
      total += standing.now.counts.of(part.home.table.from);
      done += Math.max(0, (await this.#countLying(part)) - part.home.unclean.size);
    }
    return { deployment: entry.deployment, target: entry.target, tables: entry.tables, done, total };
  }

  async take(most: number): Promise<BackfillBatch | null> {
    const { link, home, standing } = this.#parts;
    const asOf = standing.now.state.version;
    const parts = this.#partsNow();
    for (const { home: part, source } of parts) {
      const bounds = { behind: part.table.stagedTo, upTo: Number.MAX_SAFE_INTEGER, most };
      const { rows } = pageOf(await link.read(pageTexts(source.sql, bounds)));
      const documents = rows.map((row) => source.sql.codec.decode(row));
      const last = documents.at(-1);
      if (last === undefined) continue;
      part.takenTo = Math.max(part.takenTo, placeOf(last));
      return { table: part.table.name, asOf, upTo: placeOf(last), documents };
    }
    for (const part of parts) {
      await this.#clean(part);
      const ids = home.dirty(part.home.table, most);
      if (ids.length === 0) continue;
      const documents = (await this.#rowsOf(part.source, ids)).map((row) => part.source.sql.codec.decode(row));
      const there = new Set(documents.map(({ _id }) => _id));
      // Deleted since they were changed: there is nothing to do for them.
      home.forgetDirty(
        part.home.table,
        ids.filter((id) => !there.has(id)),
      );
      return { table: part.home.table.name, asOf, upTo: null, documents };
    }
    return null;
  }

  async layAside({ table, asOf, upTo, documents }: BackfillBatch): Promise<void> {
    const part = this.#partsNow().find(({ home }) => home.table.name === table);
    if (part === undefined) return;
    const { home } = this.#parts;
    await this.#clean(part);
    const fresh = documents.filter(({ _id }) => home.dirtySince(part.home.table, _id) <= asOf);
    await this.#lay(part, fresh);
    home.laid(
      part.home,
      fresh.map(({ _id }) => _id),
      upTo,
    );
  }

  async drop(): Promise<void> {
    const asides = this.#partsNow().map(({ aside }) => aside);
    this.#parts.home.end();
    await this.#parts.link.apply(asides.flatMap(dropped));
  }

  /** The tables that this migration finds prepared, by the names that they will have. */
  prepared({ deployment, schema }: Migration): ReadonlyMap<string, PreparedTable> {
    const { entry } = this.#parts.home;
    if (entry === null || entry.deployment !== deployment || !isSameJson(entry.target.schema, schema)) return new Map();
    return new Map(
      this.#partsNow().map((part) => [
        part.home.table.name,
        { aside: part.aside, finish: (change: Parameters<PreparedTable['finish']>[0]) => this.#finish(part, change) },
      ]),
    );
  }

  async #finish(part: Part, change: (document: StoredDocument) => StoredDocument | null): Promise<boolean> {
    const { link, home, standing } = this.#parts;
    let bad = 0;
    const lay = async (documents: readonly StoredDocument[]): Promise<void> => {
      const changed = documents.flatMap((document) => change(document) ?? []);
      bad += documents.length - changed.length;
      await this.#lay(part, changed);
    };
    await this.#clean(part);
    const { sql } = part.source;
    const dirty = await this.#rowsOf(part.source, home.dirty(part.home.table, Number.MAX_SAFE_INTEGER));
    // Those that are still ahead come with the others.
    await lay(dirty.map((row) => sql.codec.decode(row)).filter((document) => placeOf(document) <= part.home.table.stagedTo));
    for (let behind = part.home.table.stagedTo; ; ) {
      const { rows, isLast } = pageOf(await link.read(pageTexts(sql, { behind, upTo: Number.MAX_SAFE_INTEGER })));
      await lay(rows.map((row) => sql.codec.decode(row)));
      behind = Number(rows.at(-1)?.[0] ?? behind);
      if (isLast) break;
    }
    this.#lying.delete(part.home.table.number);
    return (await this.#countLying(part)) + bad === standing.now.counts.of(part.home.table.from);
  }

  /** Puts there what is not there yet, however often it is told to. */
  async #lay({ home, source, aside }: Part, documents: readonly StoredDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const { link, dialect } = this.#parts;
    const ids = JSON.stringify(documents.map(({ _id }) => _id));
    const [lying = [], times = []] = await link.read([
      { sql: `SELECT _id FROM ${aside.sql.sqlName} WHERE _id IN (${dialect.textsOfJson})`, params: [ids] },
      { sql: `SELECT _id, "_updatedTime" FROM ${source.sql.sqlName} WHERE _id IN (${dialect.textsOfJson})`, params: [ids] },
    ]);
    const there = new Set(lying.map(([id]) => String(id)));
    const updated = new Map(times.map(([id, time]) => [String(id), Number(time)]));
    const changed = documents.flatMap((after): Changed[] =>
      there.has(after._id) ? [] : [{ after, updatedTime: updated.get(after._id) ?? 0 }],
    );
    if (changed.length === 0) return;
    const writes = changed.map(({ after }) => ({ table: home.table.name, id: after._id, before: null, after }));
    try {
      await link.write([
        ...changed.map(({ after, updatedTime }) => insertStatement(aside.sql, after, updatedTime)),
        ...[...aside.sides.values()].flatMap((side) => side.apply(writes)),
      ]);
    } catch (failure) {
      if (!(failure instanceof RemoteSqlError)) throw failure;
      throw (await findClash(link, writes, () => aside.sql, failure)) ?? link.named(failure);
    }
    const before = this.#lying.get(home.table.number);
    if (before !== undefined) this.#lying.set(home.table.number, before + changed.length);
  }

  /** What lies aside for documents that have been written since goes. */
  async #clean({ home, aside }: Part): Promise<void> {
    const ids = [...home.unclean];
    if (ids.length === 0) return;
    const rows = await this.#rowsOf(aside, ids);
    const gone = rows.map((row) => aside.sql.codec.decode(row));
    const writes = gone.map((before) => ({ table: home.table.name, id: before._id, before, after: null }));
    await this.#parts.link.apply([
      ...[...aside.sides.values()].flatMap((side) => side.apply(writes)),
      ...gone.map((document): SqlText => ({ sql: aside.sql.deleteText, params: [placeOf(document)] })),
    ]);
    for (const id of ids) home.unclean.delete(id);
    const before = this.#lying.get(home.table.number);
    if (before !== undefined) this.#lying.set(home.table.number, before - gone.length);
  }

  async #rowsOf({ sql: { sqlName, codec } }: RemoteTable, ids: readonly string[]): Promise<readonly SqlText['params'][]> {
    if (ids.length === 0) return [];
    const text = `SELECT ${codec.selected} FROM ${sqlName} WHERE _id IN (${this.#parts.dialect.textsOfJson})`;
    const [rows = []] = await this.#parts.link.read([{ sql: text, params: [JSON.stringify(ids)] }]);
    return rows;
  }

  async #countLying({ home, aside }: Part): Promise<number> {
    const known = this.#lying.get(home.table.number);
    if (known !== undefined) return known;
    const [rows = []] = await this.#parts.link.read(plainTexts([`SELECT COUNT(*) AS lying FROM ${aside.sql.sqlName}`]));
    const lying = Number(rows[0]?.[0]);
    this.#lying.set(home.table.number, lying);
    return lying;
  }

  #partsNow(): Part[] {
    const { home, dialect, standing } = this.#parts;
    if (home.entry === null) return [];
    const shapes = new Map(this.#planOf(home.entry).map(({ next }) => [next.name, next]));
    return home.parts.flatMap((part): Part[] => {
      const { table } = part;
      const [source, shape] = [standing.now.tables.get(table.from), shapes.get(table.name)];
      if (source === undefined || shape === undefined) return [];
      const place = { sqlName: `_bb_next.${table.number}.${table.home}`, home: table.home };
      return [{ home: part, source, aside: new RemoteTable(shape, { dialect, place, hasVectors: () => table.hasVectors === true }) }];
    });
  }

  /** What changes on the way to a back-fill's target. */
  #planOf({ target }: Pick<BackfillStart, 'target'>): readonly TableStep[] {
    const { state, counts } = this.#parts.standing.now;
    return planMigration(state.schema, state.nextTable, plannable(target), (table) => counts.of(table) > 0).changed;
  }
}

function dropped(aside: RemoteTable): SqlText[] {
  return plainTexts(dropTexts(aside).map((text) => text.replace(/^DROP TABLE /, 'DROP TABLE IF EXISTS ')));
}
