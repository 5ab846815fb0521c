import type { Row, RowCondition, RowsPort } from '@betterbase/providers/rows';
import { createAdapterFactory, type CustomAdapter, type DBAdapterInstance } from 'better-auth/adapters';

type Where = Parameters<CustomAdapter['delete']>[0]['where'];

/** What is written in place of a row. */
type Rewrite = (table: string, row: Row) => Promise<Row>;

/**
 * better-auth's database, wherever its rows are.
 *
 * @param port where they are for the call under way: an instance of better-auth outlives its calls
 */
export function rowsAdapter(port: () => RowsPort, rewrite: Rewrite = async (_, row) => row): DBAdapterInstance {
  return createAdapterFactory({
    config: {
      adapterId: 'betterbase-rows',
      supportsBooleans: false,
      supportsDates: false,
      supportsJSON: false,
      supportsArrays: false,
      supportsNumericIds: false,
      // Each operation is whole by itself; what must not be done twice is consumed or counted by one.
      transaction: false,
    },
    adapter: ({ getDefaultModelName }) => new RowsAdapter(port, getDefaultModelName, rewrite),
  });
}

/** The types promised to better-auth are those of the models it asked for, which only it knows. */
class RowsAdapter implements CustomAdapter {
  readonly #port: () => RowsPort;
  readonly #tableOf: (model: string) => string;

  readonly #rewrite: Rewrite;

  constructor(port: () => RowsPort, tableOf: (model: string) => string, rewrite: Rewrite) {
    this.#rewrite = rewrite;
    this.#port = port;
    this.#tableOf = tableOf;
  }

  async create<T extends object>({ model, data }: { model: string; data: T }): Promise<T> {
    const table = this.#tableOf(model);
    const { rows } = await this.#port().rows({ do: 'insert', table, row: await this.#rewrite(table, toRow(data)) });
    return rows[0] as T;
  }

  async findOne<T>({ model, where }: { model: string; where: Where }): Promise<T | null> {
    const [found] = await this.findMany<T>({ model, where, limit: 1 });
    return found ?? null;
  }

  async findMany<T>({
    model,
    where = [],
    limit,
    offset = 0,
    sortBy,
  }: Omit<Parameters<CustomAdapter['findMany']>[0], 'where'> & { where?: Where | undefined }): Promise<T[]> {
    const table = this.#tableOf(model);
    const { rows } = await this.#port().rows({ do: 'find', table, where: where.map(toCondition), limit, offset, sort: sortBy ?? null });
    return [...rows] as T[];
  }

  async count({ model, where = [] }: { model: string; where?: Where | undefined }): Promise<number> {
    return (await this.#port().rows({ do: 'count', table: this.#tableOf(model), where: where.map(toCondition) })).count;
  }

  async update<T>({ model, where, update }: { model: string; where: Where; update: T }): Promise<T | null> {
    const { rows } = await this.#change(model, where, 'one', toRow(update));
    return (rows[0] ?? null) as T | null;
  }

  async updateMany({ model, where, update }: { model: string; where: Where; update: object }): Promise<number> {
    return (await this.#change(model, where, 'all', toRow(update))).count;
  }

  async incrementOne<T>({ model, where, increment, set }: Parameters<NonNullable<CustomAdapter['incrementOne']>>[0]): Promise<T | null> {
    const { rows } = await this.#change(model, where, 'one', toRow(set ?? {}), increment);
    return (rows[0] ?? null) as T | null;
  }

  async delete({ model, where }: { model: string; where: Where }): Promise<void> {
    await this.#delete(model, where, 'one');
  }

  async deleteMany({ model, where }: { model: string; where: Where }): Promise<number> {
    return (await this.#delete(model, where, 'all')).count;
  }

  async consumeOne<T>({ model, where }: { model: string; where: Where }): Promise<T | null> {
    const { rows } = await this.#delete(model, where, 'one');
    return (rows[0] ?? null) as T | null;
  }

  #change(model: string, where: Where, reach: 'one' | 'all', set: Row, add: Record<string, number> = {}) {
    return this.#port().rows({ do: 'update', table: this.#tableOf(model), where: where.map(toCondition), reach, set, add });
  }

  #delete(model: string, where: Where, reach: 'one' | 'all') {
    return this.#port().rows({ do: 'delete', table: this.#tableOf(model), where: where.map(toCondition), reach });
  }
}

function toRow(data: unknown): Row {
  return Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name, toValue(value)]));
}

function toCondition({ field, operator = 'eq', value, connector = 'AND', mode = 'sensitive' }: Where[number]): RowCondition {
  return { field, operator, value: Array.isArray(value) ? [...value] : toValue(value), connector, mode };
}

function toValue(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value);
}
