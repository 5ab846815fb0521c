import { BetterBaseError } from '@betterbase/core';
import { adoptNumbers, type ImportPlan, type StoredDocument, type StoreState } from '@betterbase/engine';

export type Documents = ReadonlyMap<string, StoredDocument>;
export type Tables = ReadonlyMap<string, Documents>;

/** Where a store in memory stands. Its tables are never changed, only replaced. */
export class MemoryStanding {
  state: StoreState = { version: 0, time: 0, deployment: null, schema: { tables: [] } };
  nextTable = 1;
  tables: Tables = new Map();

  /** @throws BetterBaseError `table/not-found` */
  documents(table: string, tables: Tables = this.tables): Documents {
    const documents = tables.get(table);
    if (documents !== undefined) return documents;
    throw new BetterBaseError('table/not-found', `There is no table \`${table}\`.`);
  }

  /** @throws BetterBaseError `commit/conflict` */
  assertNewest(basedOn: number): void {
    if (this.state.version === basedOn) return;
    throw new BetterBaseError('commit/conflict', `This was decided on version ${basedOn}, and the newest is ${this.state.version}.`);
  }

  /** The schema as it is with the imported numbers. @throws BetterBaseError `import/ids-clash` */
  numbers(plan: ImportPlan): ReturnType<typeof adoptNumbers> {
    const wanted = new Map(plan.tables.flatMap(({ table, number }) => (number === undefined ? [] : [[table, number]])));
    const replaced = new Set(plan.tables.filter(({ mode }) => mode === 'replace').map(({ table }) => table));
    return adoptNumbers(this.state.schema, this.nextTable, wanted, (table) => !replaced.has(table) && this.documents(table).size > 0);
  }
}
