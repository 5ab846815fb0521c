/** Tables of documents in a Postgres of this process, under native row-level security. */
import { PGlite } from '@electric-sql/pglite';
import type { AnyValue } from '@betterbase/core';
import { claimsSetting, installStatements, nativePolicies } from '@betterbase/engine/policy-sql';
import type { ParsedPolicy } from '@betterbase/engine/policy-language';
import type { SchemaManifest } from '@betterbase/protocol';
import { createTableText, placeOf, postgres, SqlTable, type SqlValue } from '@betterbase/providers/sql';

const role = 'visitor';

/** Runs each statement, says how many rows it was about (-1: a policy refused it), and takes it back. */
const attemptFunction = `CREATE FUNCTION public.attempt(statements text[]) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE statement text; found int; outcomes int[] := '{}';
BEGIN
  FOREACH statement IN ARRAY statements LOOP
    BEGIN
      EXECUTE statement;
      GET DIAGNOSTICS found = ROW_COUNT;
      RAISE EXCEPTION USING ERRCODE = 'BB000';
    EXCEPTION
      WHEN SQLSTATE 'BB000' THEN outcomes := outcomes || found;
      WHEN insufficient_privilege THEN outcomes := outcomes || -1;
    END;
  END LOOP;
  RETURN outcomes;
END $$`;

export interface NativeRow {
  readonly table: string;
  readonly document: AnyValue;
}

export class NativeTables {
  readonly #db: PGlite;
  readonly #schema: SchemaManifest;
  readonly #tables: ReadonlyMap<string, SqlTable>;

  private constructor(db: PGlite, schema: SchemaManifest) {
    this.#db = db;
    this.#schema = schema;
    this.#tables = new Map(schema.tables.map((table) => [table.name, new SqlTable(table, postgres)]));
  }

  static async create(schema: SchemaManifest): Promise<NativeTables> {
    const db = await PGlite.create();
    const tables = new NativeTables(db, schema);
    const created = [...tables.#tables.values()].map((table) => createTableText(table));
    await db.exec([`CREATE ROLE ${role}`, attemptFunction, ...created].join(';\n'));
    return tables;
  }

  /** Other rows and other policies than before. */
  async fill(rows: readonly NativeRow[], policies: readonly ParsedPolicy[]): Promise<void> {
    const names = this.#schema.tables.map(({ name }) => `public."${name}"`);
    const inserts = rows.map(({ table, document }) => this.insertText(table, document));
    const grants = names.map((name) => `GRANT INSERT, UPDATE, DELETE ON ${name} TO ${role}`);
    const install = installStatements(nativePolicies(policies, this.#schema), [{ name: role }]);
    const statements = [`TRUNCATE ${names.join(', ')}`, ...inserts, ...install, ...grants];
    await this.#db.exec(['BEGIN', ...statements, 'COMMIT'].join(';\n'));
  }

  /** What somebody with these claims sees, and what comes of each statement of theirs. */
  async ask(
    claims: object | null,
    table: string,
    statements: readonly string[],
  ): Promise<{ readonly seen: readonly string[]; readonly outcomes: readonly number[] }> {
    return await this.#db.transaction(async (transaction) => {
      await transaction.query(`SELECT set_config($1, $2, true)`, [claimsSetting, claims === null ? '' : JSON.stringify(claims)]);
      await transaction.exec(`SET LOCAL ROLE ${role}`);
      const { rows } = await transaction.query<{ _id: string }>(`SELECT _id FROM public."${table}" ORDER BY "_creationTime"`);
      const { rows: tried } = await transaction.query<{ outcomes: number[] }>('SELECT public.attempt($1::text[]) AS outcomes', [
        statements,
      ]);
      return { seen: rows.map(({ _id }) => _id), outcomes: tried[0]?.outcomes ?? [] };
    });
  }

  insertText(table: string, document: AnyValue): string {
    const { _id = 'new', _creationTime = 1 } = document;
    const cells = [
      ['_seq', String(placeOf({ _id, _creationTime }))],
      ['_id', toLiteral(_id)],
      ['"_updatedTime"', '0'],
      ...this.#cells(table, document),
    ];
    return `INSERT INTO public."${table}" (${cells.map(([name]) => name).join(', ')}) VALUES (${cells.map(([, value]) => value).join(', ')})`;
  }

  updateText(table: string, id: string, document: AnyValue): string {
    const sets = this.#cells(table, document).map(([name, value]) => `${name} = ${value}`);
    return `UPDATE public."${table}" SET ${sets.join(', ')} WHERE _id = '${id}'`;
  }

  deleteText(table: string, id: string): string {
    return `DELETE FROM public."${table}" WHERE _id = '${id}'`;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #cells(name: string, document: AnyValue): (readonly [column: string, value: string])[] {
    const table = this.#tables.get(name);
    if (table === undefined) throw new TypeError(`There is no table ${name}.`);
    const values = table.codec.encode({ _id: '', _creationTime: 0, ...document });
    return table.codec.columns.map((column, at) => [column.name, toLiteral(values[at] ?? null)]);
  }
}

/** What it is for is for the column to say. */
function toLiteral(value: SqlValue): string {
  if (value === null) return 'NULL';
  return `'${value instanceof ArrayBuffer ? `\\x${Buffer.from(value).toString('hex')}` : String(value).replaceAll("'", "''")}'`;
}
