import {
  badLines,
  fieldAt,
  foreignKeysOf,
  type ImportedTable,
  importLife,
  importNotFound,
  type ImportPlan,
  type ImportProblem,
  type ImportTable,
  indexKey,
  mostImportProblems,
  type NormalizedSchema,
  type NormalizedTable,
  type StagedDocument,
  type StoredDocument,
  tableNotEmpty,
} from '@betterbase/engine';
import type { Documents, Tables } from './memory-standing.ts';

export interface MemoryImport {
  readonly plan: ImportPlan;
  readonly deployment: string;
  readonly lines: ReadonlyMap<string, number>;
  readonly staged: ReadonlyMap<string, readonly StagedDocument[]>;
  readonly tables: readonly ImportedTable[];
  readonly isFinished: boolean;
  readonly usedAt: number;
}

/** Imports in memory, in the plainest way. */
export class MemoryImports {
  readonly #imports = new Map<string, MemoryImport>();

  begin(id: string, plan: ImportPlan, deployment: string, now: number): void {
    for (const [name, { usedAt }] of this.#imports) if (now - usedAt > importLife) this.#imports.delete(name);
    const lines = new Map(plan.tables.map(({ table }) => [table, 0]));
    this.#imports.set(id, { plan, deployment, lines, staged: new Map(), tables: [], isFinished: false, usedAt: now });
  }

  find(id: string): MemoryImport | null {
    return this.#imports.get(id) ?? null;
  }

  drop(id: string): void {
    this.#imports.delete(id);
  }

  stage(id: string, table: NormalizedTable, added: readonly StagedDocument[], lines: number, now: number, there: Documents): void {
    const entry = this.#entry(id);
    const mode = entry.plan.tables.find((each) => each.table === table.name)?.mode;
    const staged = [...(entry.staged.get(table.name) ?? [])];
    const problems: ImportProblem[] = [];
    const taken = mode === 'append' || mode === 'upsert' ? [...there.values()] : [];
    for (const { line, document } of added) {
      const problem = (message: string): void => void problems.push({ table: table.name, line, id: document._id, message });
      const same = staged.find((each) => each.document._id === document._id);
      if (same !== undefined) {
        problem(`line ${same.line} has the same \`_id\``);
        continue;
      }
      for (const index of table.indexes) {
        if (index.kind !== 'index' || !index.unique) continue;
        const key = indexKey(document, index.fields);
        const other = staged.find((each) => indexKey(each.document, index.fields) === key);
        if (other !== undefined) problem(`line ${other.line} has the same ${index.fields.join(', ')}`);
      }
      const others = [...taken.filter(({ _id }) => _id !== document._id), ...staged.map((each) => each.document)];
      staged.push({ line, document: structuredClone(atFreeTime(document, others)) });
    }
    if (problems.length > 0) throw badLines(problems.slice(0, mostImportProblems));
    this.#imports.set(id, {
      ...entry,
      lines: new Map([...entry.lines, [table.name, lines]]),
      staged: new Map([...entry.staged, [table.name, staged]]),
      usedAt: now,
    });
  }

  /** What the tables become. Nothing changes before `committed`. */
  work(id: string, schema: NormalizedSchema, tables: Tables): { readonly tables: Tables; readonly summary: readonly ImportedTable[] } {
    const entry = this.#entry(id);
    const next = new Map(tables);
    const problems: ImportProblem[] = [];
    const summary = entry.plan.tables.map((wanted): ImportedTable => {
      const { documents, imported } = join(
        wanted,
        entry.staged.get(wanted.table) ?? [],
        tables.get(wanted.table) ?? new Map(),
        schema,
        problems,
      );
      next.set(wanted.table, documents);
      return imported;
    });
    if (problems.length === 0) problems.push(...missingReferences(schema, next, entry.staged));
    if (problems.length > 0) throw badLines(problems.slice(0, mostImportProblems));
    return {
      tables: next,
      summary: summary.map((each) =>
        add(
          each,
          entry.tables.find(({ table }) => table === each.table),
        ),
      ),
    };
  }

  committed(id: string, isWhole: boolean, summary: readonly ImportedTable[], now: number): void {
    const entry = this.#entry(id);
    const kept = (table: ImportTable): ImportTable => (table.mode === 'upsert' ? table : { ...table, mode: 'append' });
    const plan = isWhole ? entry.plan : { ...entry.plan, tables: entry.plan.tables.map(kept) };
    this.#imports.set(id, { ...entry, plan, staged: new Map(), tables: summary, isFinished: isWhole, usedAt: now });
  }

  #entry(id: string): MemoryImport {
    const entry = this.#imports.get(id);
    if (entry === undefined || entry.isFinished) throw importNotFound(id);
    return entry;
  }
}

function join(
  { table, mode }: ImportTable,
  staged: readonly StagedDocument[],
  there: Documents,
  schema: NormalizedSchema,
  problems: ImportProblem[],
): { readonly documents: Documents; readonly imported: ImportedTable } {
  if (mode === 'empty' && there.size > 0) throw tableNotEmpty(table, there.size);
  const documents = new Map(mode === 'replace' ? [] : there);
  let replaced = 0;
  if (mode === 'upsert') for (const { document } of staged) if (documents.delete(document._id)) replaced++;
  const indexes = schema.tables.find(({ name }) => name === table)?.indexes ?? [];
  for (const { line, document } of staged) {
    const { _id: id } = document;
    if (documents.has(id)) {
      problems.push({ table, line, id, message: `there is a document \`${id}\` already` });
      continue;
    }
    for (const index of indexes) {
      if (index.kind !== 'index' || !index.unique) continue;
      const key = indexKey(document, index.fields);
      const other = [...documents.values()].find((each) => each._id !== id && indexKey(each, index.fields) === key);
      if (other !== undefined)
        problems.push({
          table,
          line,
          id,
          message: `\`${other._id}\` has the same ${index.fields.join(', ')}, and the index \`${index.name}\` is unique`,
        });
    }
    documents.set(id, document);
  }
  return { documents, imported: { table, inserted: staged.length - replaced, replaced, deleted: mode === 'replace' ? there.size : 0 } };
}

function missingReferences(
  schema: NormalizedSchema,
  tables: Tables,
  staged: ReadonlyMap<string, readonly StagedDocument[]>,
): ImportProblem[] {
  return schema.tables.flatMap((table) =>
    foreignKeysOf(table).flatMap(({ field, target }) =>
      [...(tables.get(table.name)?.values() ?? [])].flatMap((document): ImportProblem[] => {
        const id = fieldAt(document, field);
        if (typeof id !== 'string' || tables.get(target)?.has(id) === true) return [];
        const line = staged.get(table.name)?.find((each) => each.document._id === document._id)?.line ?? null;
        const message = `\`${field}\` names \`${id}\`, and there is no such document in \`${target}\``;
        return [{ table: table.name, line, id: document._id, message }];
      }),
    ),
  );
}

function atFreeTime(document: StoredDocument, others: readonly StoredDocument[]): StoredDocument {
  const taken = new Set(others.map(({ _creationTime }) => _creationTime));
  let time = document._creationTime;
  while (taken.has(time)) time += 1 / 4096;
  return { ...document, _creationTime: time };
}

function add(now: ImportedTable, before: ImportedTable | undefined): ImportedTable {
  if (before === undefined) return now;
  return {
    table: now.table,
    inserted: before.inserted + now.inserted,
    replaced: before.replaced + now.replaced,
    deleted: before.deleted + now.deleted,
  };
}
