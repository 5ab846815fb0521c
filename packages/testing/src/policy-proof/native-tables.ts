/** Tables of documents in a Postgres of this process, under native row-level security. */
import { PGlite } from '@electric-sql/pglite';
import { type AnyValue, encodeToJson, type Value } from '@betterbase/core';
import { layoutTable } from '@betterbase/engine';
import { claimsSetting, installStatements, nativePolicies } from '@betterbase/engine/policy-sql';
import type { ParsedPolicy } from '@betterbase/engine/policy-language';
import type { SchemaManifest } from '@betterbase/protocol';

const columnTypes = {
  text: 'text',
  real: 'double precision',
  boolean: 'boolean',
  int64: 'bigint',
  bytes: 'bytea',
  vector: 'bytea',
  json: 'jsonb',
} as const;
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

  private constructor(db: PGlite, schema: SchemaManifest) {
    this.#db = db;
    this.#schema = schema;
  }

  static async create(schema: SchemaManifest): Promise<NativeTables> {
    const db = await PGlite.create();
    const tables = new NativeTables(db, schema);
    await db.exec(`CREATE ROLE ${role}; ${attemptFunction}; ${schema.tables.map(({ name }) => tables.#createTable(name)).join('; ')}`);
    return tables;
  }

  /** Other rows and other policies than before. */
  async fill(rows: readonly NativeRow[], policies: readonly ParsedPolicy[]): Promise<void> {
    const names = this.#schema.tables.map(({ name }) => `public."${name}"`);
    const inserts = rows.map(({ table, document }) => this.insertText(table, document));
    const statements = [`TRUNCATE ${names.join(', ')}`, ...inserts, ...installStatements(nativePolicies(policies, this.#schema), role)];
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
    const cells = [...this.#cells(table, document)];
    return `INSERT INTO public."${table}" (${cells.map(([name]) => `"${name}"`).join(', ')}) VALUES (${cells.map(([, value]) => value).join(', ')})`;
  }

  updateText(table: string, id: string, document: AnyValue): string {
    const sets = [...this.#cells(table, document)].map(([name, value]) => `"${name}" = ${value}`);
    return `UPDATE public."${table}" SET ${sets.join(', ')} WHERE _id = '${id}'`;
  }

  deleteText(table: string, id: string): string {
    return `DELETE FROM public."${table}" WHERE _id = '${id}'`;
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  *#cells(table: string, document: AnyValue): Generator<readonly [string, string]> {
    for (const system of ['_id', '_creationTime']) if (document[system] !== undefined) yield [system, toLiteral(document[system])];
    for (const { name, kind } of this.#layout(table).columns)
      yield [
        name,
        kind === 'json' && document[name] !== undefined ? `${quoted(encodeToJson(document[name]))}::jsonb` : toLiteral(document[name]),
      ];
  }

  #createTable(name: string): string {
    const columns = this.#layout(name).columns.map((column) => `, "${column.name}" ${columnTypes[column.kind]}`);
    return `CREATE TABLE public."${name}" ("_id" text, "_creationTime" double precision, "_updatedTime" double precision, "_extra" text${columns.join('')})`;
  }

  #layout(name: string): ReturnType<typeof layoutTable> {
    const table = this.#schema.tables.find((each) => each.name === name);
    if (table === undefined) throw new TypeError(`There is no table ${name}.`);
    return layoutTable(table);
  }
}

function toLiteral(value: Value | undefined): string {
  if (value === undefined || value === null || Number.isNaN(value)) return 'NULL';
  if (typeof value === 'string') return quoted(value);
  if (value instanceof ArrayBuffer) return `'\\x${Buffer.from(value).toString('hex')}'`;
  return String(value);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
