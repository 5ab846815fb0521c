/**
 * Documents that are laid aside for one table: a SQL table of the same columns, so that they get there in one statement.
 * `_line` says where each came from.
 */
import { isBetterBaseError } from '@betterbase/core';
import { type ImportProblem, mostImportProblems, type NormalizedTable, type StagedDocument, type StoredDocument } from '@betterbase/engine';
import { EmbeddedTable } from './embedded-table.ts';
import { quote } from './identifier.ts';
import type { SqlDisk } from './sql-disk.ts';
import { createIdIndex, createIndex, createSqlTable } from './table-ddl.ts';

export class StagingTable {
  readonly table: EmbeddedTable;
  readonly sqlName: string;
  readonly #disk: SqlDisk;
  readonly #target: EmbeddedTable;

  constructor(disk: SqlDisk, importNumber: number, { document, indexes }: NormalizedTable, target: EmbeddedTable) {
    this.#disk = disk;
    this.#target = target;
    const columns = indexes.flatMap((index) =>
      index.kind === 'index' ? [{ kind: 'index', name: index.name, fields: index.fields, unique: index.unique } as const] : [],
    );
    this.table = new EmbeddedTable(disk, { name: `_bb_import.${importNumber}.${target.name}`, document, indexes: columns });
    this.sqlName = quote(this.table.name);
  }

  create(): void {
    createSqlTable(this.#disk, this.table);
    this.#disk.write(`ALTER TABLE ${this.sqlName} ADD COLUMN _line INTEGER`);
    createIdIndex(this.#disk, this.table);
    for (const index of this.table.layout.indexes) if (index.unique) createIndex(this.#disk, this.table, index);
  }

  drop(): void {
    this.#disk.write(`DROP TABLE IF EXISTS ${this.sqlName}`);
  }

  /** @param besidesTarget whether the documents go beside those of the target. */
  add(documents: readonly StagedDocument[], besidesTarget: boolean, now: number): ImportProblem[] {
    const problems: ImportProblem[] = [];
    for (const { line, document } of documents) {
      const message = this.#add(line, document, besidesTarget, now);
      if (message === null) continue;
      problems.push({ table: this.#target.name, line, id: document._id, message });
      if (problems.length === mostImportProblems) break;
    }
    return problems;
  }

  /** Moves documents out of the way of those that the target has by now. */
  makeRoom(): void {
    const clashes = this.#disk.read(
      `SELECT s._seq, s._id FROM ${this.sqlName} s JOIN ${quote(this.#target.name)} t ON t._seq = s._seq AND t._id <> s._id`,
    );
    for (const [place, id] of clashes) {
      this.#disk.write(
        `UPDATE ${this.sqlName} SET _seq = ? WHERE _seq = ?`,
        this.#freePlace(Number(place), String(id), true),
        Number(place),
      );
    }
  }

  /** Null, or what is wrong with it. */
  #add(line: number, document: StoredDocument, besidesTarget: boolean, now: number): string | null {
    const earlier = this.#lineOf(document._id);
    if (earlier !== null) return `line ${earlier} has the same \`_id\``;
    const place = this.#freePlace(document._creationTime * 4096, document._id, besidesTarget);
    try {
      this.table.insert({ ...document, _creationTime: place / 4096 }, now);
    } catch (refused) {
      if (isBetterBaseError(refused)) return this.#explain(refused, document._id);
      throw refused;
    }
    this.#disk.write(`UPDATE ${this.sqlName} SET _line = ? WHERE _seq = ?`, line, place);
    return null;
  }

  #lineOf(id: string): number | null {
    const [found] = this.#disk.read(`SELECT _line FROM ${this.sqlName} WHERE _id = ?`, id);
    return found === undefined ? null : Number(found[0]);
  }

  /** Every place may have one document: the wanted one, or the next that is free. */
  #freePlace(wanted: number, id: string, besidesTarget: boolean): number {
    for (let place = wanted; ; place++) {
      if (this.#disk.read(`SELECT 1 FROM ${this.sqlName} WHERE _seq = ?`, place).length > 0) {
        const [end] = this.#disk.read(
          `SELECT s._seq FROM ${this.sqlName} s WHERE s._seq >= ? AND NOT EXISTS (SELECT 1 FROM ${this.sqlName} n WHERE n._seq = s._seq + 1) ORDER BY s._seq LIMIT 1`,
          place,
        );
        place = Number(end?.[0]);
      } else if (!besidesTarget || !this.#isTaken(place, id)) return place;
    }
  }

  #isTaken(place: number, id: string): boolean {
    return this.#disk.read(`SELECT 1 FROM ${quote(this.#target.name)} WHERE _seq = ? AND _id <> ?`, place, id).length > 0;
  }

  #explain({ code, message, details }: { readonly code: string; readonly message: string; readonly details: unknown }, id: string): string {
    const text = message.replaceAll(this.table.name, this.#target.name).replace(/\.$/, '');
    if (code !== 'document/not-unique' || typeof details !== 'object' || details === null || !('ids' in details)) return text;
    const ids: readonly unknown[] = Array.isArray(details.ids) ? details.ids : [];
    const other = ids.find((each) => each !== id);
    const line = typeof other === 'string' ? this.#lineOf(other) : null;
    return line === null ? text : `${text} (line ${line} has the same)`;
  }
}
