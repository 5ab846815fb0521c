import {
  type CommittedImport,
  type ImportCommit,
  importNotFound,
  type ImportPlan,
  type ImportRecord,
  type ImportStore,
  type StagedDocument,
  tableNotEmpty,
} from '@betterbase/engine';
import { MemoryImports } from './memory-imports.ts';
import type { MemoryStanding } from './memory-standing.ts';

export class MemoryImportStore implements ImportStore {
  readonly #standing: MemoryStanding;
  readonly #end: () => void;
  readonly #imports = new MemoryImports();

  /** @param end what an import ends */
  constructor(standing: MemoryStanding, end: () => void) {
    this.#standing = standing;
    this.#end = end;
  }

  async begin(id: string, plan: ImportPlan, deployment: string, now: number): Promise<void> {
    this.#standing.numbers(plan);
    for (const { table, mode } of plan.tables) {
      const { size } = this.#standing.documents(table);
      if (mode === 'empty' && size > 0) throw tableNotEmpty(table, size);
    }
    this.#imports.begin(id, plan, deployment, now);
  }

  async find(id: string): Promise<ImportRecord | null> {
    const entry = this.#imports.find(id);
    if (entry === null) return null;
    const { plan, deployment, lines, tables, isFinished } = entry;
    const { schema } = isFinished ? this.#standing.state : this.#standing.numbers(plan);
    return { plan, deployment, schema, lines, finished: isFinished ? { tables } : null };
  }

  async stage(id: string, name: string, documents: readonly StagedDocument[], lines: number, now: number): Promise<void> {
    const table = this.#standing.state.schema.tables.find((each) => each.name === name);
    if (table !== undefined) this.#imports.stage(id, table, documents, lines, now, this.#standing.documents(name));
  }

  async finish(id: string, { basedOn, version, time, now, extent }: ImportCommit): Promise<CommittedImport> {
    const standing = this.#standing;
    if (extent !== 'try') standing.assertNewest(basedOn);
    const entry = this.#imports.find(id);
    if (entry === null) throw importNotFound(id);
    const { schema, nextNumber } = standing.numbers(entry.plan);
    const { tables, summary } = this.#imports.work(id, schema, standing.tables);
    const times = entry.plan.tables.flatMap(({ table }) => [...(tables.get(table)?.values() ?? [])].map((each) => each._creationTime));
    const newest = Math.max(time, ...times);
    if (extent !== 'try') {
      this.#imports.committed(id, extent === 'whole', summary, now);
      this.#end();
      standing.tables = tables;
      standing.nextTable = nextNumber;
      standing.state = { ...standing.state, version, time: newest, schema };
    }
    return { summary: { tables: summary }, schema, time: newest };
  }

  async drop(id: string): Promise<void> {
    this.#imports.drop(id);
  }
}
