import { BetterBaseError } from '@betterbase/core';
import { encodeDocumentId, newInternalId } from '../ids/document-id.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { ProjectStore } from '../ports/project-store.ts';
import {
  type CommittedImport,
  type ImportCommit,
  type ImportProblem,
  type ImportRecord,
  type ImportStore,
  mostImportProblems,
  type StagedDocument,
} from '../ports/import-store.ts';
import { type CatalogTable, TableCatalog } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import { movableTables } from './exports.ts';
import { present } from './present.ts';
import { badLines, importNotFound } from './import-refusals.ts';
import type { ImportTarget, MoveRequest, MoveValue } from './move-operation.ts';
import { BadLine, readLine } from './read-line.ts';

export interface ImportsParts {
  readonly store: Pick<ProjectStore, 'get' | 'count' | 'imports'>;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The engine as an import finds it. */
export interface ImportStanding {
  readonly times: TimeSource;
  readonly deployment: string;
  /** The tables that there are, these among them. @throws BetterBaseError `table/not-found` where they may not be made */
  readonly withTables: (names: readonly string[]) => Promise<TableCatalog>;
  /** Commits what the store has staged, and has everybody told. */
  readonly commit: (
    work: (commit: Pick<ImportCommit, 'basedOn' | 'version' | 'time'>) => Promise<CommittedImport>,
  ) => Promise<CommittedImport>;
}

const everything = { prefix: [], inclusive: true };

/** Takes documents in, step by step: lays them aside, and commits them all at once, or as they come. */
export class Imports {
  readonly #parts: ImportsParts;

  constructor(parts: ImportsParts) {
    this.#parts = parts;
  }

  /** @throws BetterBaseError `table/not-found`, `import/table-not-empty`, `import/ids-clash` */
  async begin(id: string, targets: readonly ImportTarget[], isBatched: boolean, standing: ImportStanding): Promise<MoveValue> {
    const { store, now } = this.#parts;
    const { deployment } = standing;
    const catalog = await standing.withTables(targets.map(({ table }) => table));
    const tables = targets.map(({ table, mode, number }) => ({
      table: catalog.get(table).name,
      mode,
      ...(number === undefined ? {} : { number }),
    }));
    await this.#store.begin(id, { tables, isBatched }, deployment, now());
    const { schema } = await this.#find(id, standing);
    const counts = new Map<string, number>();
    for (const { table } of tables)
      counts.set(table, await store.count({ table, index: 'by_creation_time', lower: everything, upper: everything }));
    return { move: 'begin-import', tables: movableTables(new TableCatalog(schema), (table) => counts.get(table) ?? 0) };
  }

  /**
   * Lines that are in already are passed over, so that lines can be sent again.
   *
   * @throws BetterBaseError `import/not-found`, `import/bad-lines`, `import/outdated`
   */
  async stage({ id, table: name, from, text }: Extract<MoveRequest, { move: 'stage' }>, standing: ImportStanding): Promise<MoveValue> {
    const record = await this.#find(id, standing);
    const done = record.lines.get(name);
    if (done === undefined) throw new BetterBaseError('table/not-found', `The import \`${id}\` was not begun for a table \`${name}\`.`);
    if (from > done + 1)
      throw new BetterBaseError('http/bad-body', `The next line of \`${name}\` is ${done + 1}, and these begin with ${from}.`, {
        hint: 'Send the lines of a table one after the other.',
      });
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const last = from + lines.length - 1;
    if (last <= done) return { move: 'stage', lines: done };
    const catalog = new TableCatalog(record.schema);
    const table = catalog.get(name);
    const isUpsert = record.plan.tables.some((each) => each.table === name && each.mode === 'upsert');
    const { documents, problems } = await this.#read(lines.slice(done + 1 - from), done + 1, {
      table,
      catalog,
      isUpsert,
      times: standing.times,
    });
    if (problems.length > 0) throw badLines(problems);
    await this.#store.stage(id, name, documents, last, this.#parts.now());
    if (record.plan.isBatched) await this.#commit(id, 'part', standing);
    return { move: 'stage', lines: last };
  }

  /** @throws BetterBaseError `import/not-found`, `import/bad-lines`, `import/outdated`, `import/table-not-empty`, `import/ids-clash` */
  async finish(id: string, isTrial: boolean, standing: ImportStanding): Promise<MoveValue> {
    const { finished } = await this.#find(id, standing);
    if (finished !== null) return { move: 'finish-import', summary: finished };
    const { summary } = await this.#commit(id, isTrial ? 'try' : 'whole', standing);
    return { move: 'finish-import', summary };
  }

  async drop(id: string): Promise<MoveValue> {
    await this.#parts.store.imports?.drop(id);
    return { move: 'done' };
  }

  get #store(): ImportStore {
    return present(this.#parts.store.imports, 'imports');
  }

  async #commit(id: string, extent: ImportCommit['extent'], standing: ImportStanding): Promise<CommittedImport> {
    const { now } = this.#parts;
    if (extent !== 'try') return await standing.commit((commit) => this.#store.finish(id, { ...commit, now: now(), extent }));
    return await this.#store.finish(id, { basedOn: 0, version: 0, time: 0, now: now(), extent });
  }

  async #find(id: string, { deployment }: ImportStanding): Promise<ImportRecord> {
    const record = await this.#store.find(id);
    if (record === null) throw importNotFound(id);
    if (record.deployment === deployment || record.finished !== null) return record;
    throw new BetterBaseError('import/outdated', 'The app was deployed while documents were being imported.', {
      hint: record.plan.isBatched ? 'What was committed stays. Import the rest again.' : 'Nothing was imported. Begin again.',
    });
  }

  async #read(
    lines: readonly string[],
    first: number,
    into: { readonly table: CatalogTable; readonly catalog: TableCatalog; readonly isUpsert: boolean; readonly times: TimeSource },
  ): Promise<{ readonly documents: StagedDocument[]; readonly problems: ImportProblem[] }> {
    const { store, randomBytes } = this.#parts;
    const now = this.#parts.now();
    const { table, catalog, isUpsert, times } = into;
    const documents: StagedDocument[] = [];
    const problems: ImportProblem[] = [];
    for (const [position, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const line = first + position;
      try {
        const { id, creationTime, fields } = readLine(text, table, catalog, now);
        const known = isUpsert && id !== null && creationTime === null ? await store.get(table.name, id) : null;
        const time = creationTime ?? known?._creationTime ?? times.next(now);
        const document: StoredDocument = {
          ...fields,
          _id: id ?? encodeDocumentId(table.number, newInternalId(time, randomBytes(10))),
          _creationTime: time,
        };
        documents.push({ line, document });
      } catch (bad) {
        if (!(bad instanceof BadLine)) throw bad;
        problems.push({ table: table.name, line, message: bad.message });
        if (problems.length === mostImportProblems) break;
      }
    }
    return { documents, problems };
  }
}
