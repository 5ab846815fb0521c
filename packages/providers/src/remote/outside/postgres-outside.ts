/**
 * How PostgreSQL notes what others write: one function of each table.
 *
 * It runs with the rights of whoever owns the tables, as those who write have none to the log. So nothing in it is looked up
 * by what a session can set up for itself: all names say their schema, types come from the catalogue before temporary ones, and
 * it does nothing for a trigger that is not on a table of that owner.
 *
 * Before a statement it takes the version on, and so waits for whoever commits just then before a row is locked: locked in
 * the other order, the two could wait for each other. A statement that changes no row is noted as well, without a place.
 */
import { postgres } from '../../sql/postgres-dialect.ts';
import type { SqlTable } from '../../sql/sql-table.ts';
import type { SqlValue } from '../../sql/sql-value.ts';
import { bytesOfHex, decodeListOfLists, listOfLists, type OutsideDialect, provisionalId, rowColumns } from './outside-dialect.ts';

export const postgresOutside: OutsideDialect = {
  // Any place will do until the row is mended, and no document has a negative one.
  defaults: {
    seq: `-nextval('_bb_new_rows')`,
    id: `'${provisionalId}' || replace(CAST(gen_random_uuid() AS TEXT), '-', '')`,
    updatedTime: postgres.now,
  },
  catalogue: {
    columns: 'SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()',
    indexes: 'SELECT tablename, indexname FROM pg_indexes WHERE schemaname = current_schema()',
    triggers: `SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND NOT t.tgisinternal AND t.tgenabled <> 'D'`,
  },
  tables: ['CREATE SEQUENCE IF NOT EXISTS _bb_new_rows'],
  watch: (table, number) => {
    const name = `_bb_out.${number}`;
    const call = `EXECUTE FUNCTION ${postgres.quote(name)}()`;
    const trigger = (what: string, when: string): string =>
      `CREATE TRIGGER ${postgres.quote(`${name}.${what}`)} ${when.replace('?', table.sqlName)} ${call}`;
    return {
      triggers: ['log', 'row', 'time'].map((what) => `${name}.${what}`),
      createTexts: [
        functionText(table, name, number),
        // Whoever may call it could put it on a table of their own. Triggers that are there need no such right.
        `REVOKE ALL ON FUNCTION ${postgres.quote(name)}() FROM PUBLIC`,
        trigger('log', 'BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ? FOR EACH STATEMENT'),
        trigger('row', 'AFTER INSERT OR UPDATE OR DELETE ON ? FOR EACH ROW'),
        trigger('time', 'BEFORE UPDATE ON ? FOR EACH ROW'),
        closeText(table),
      ],
      // Its triggers go with it.
      dropTexts: [`DROP FUNCTION IF EXISTS ${postgres.quote(name)}() CASCADE`],
    };
  },
  decodeImage: (text) => decodeListOfLists(text).map(decodeValue),
};

/** Stands for the schema of the tables, which only the database knows. */
const schema = '@schema@';

function functionText(table: SqlTable, name: string, number: number): string {
  const note = (columns: string, values: string): string =>
    `INSERT INTO ${schema}._bb_changes (version, table_number${columns}) SELECT (SELECT version FROM ${schema}._bb_meta), ${number}${values};`;
  const text = `CREATE FUNCTION ${schema}.${postgres.quote(name)}() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $bb$ BEGIN
    IF (SELECT ours FROM ${schema}._bb_meta) = 1 THEN RETURN NEW; END IF;
    IF (SELECT relowner FROM pg_class WHERE oid = TG_RELID) <> (SELECT oid FROM pg_roles WHERE rolname = current_user) THEN
      RAISE insufficient_privilege USING MESSAGE = 'This function is for the tables of its owner.';
    END IF;
    IF TG_LEVEL = 'STATEMENT' THEN
      UPDATE ${schema}._bb_meta SET version = version + 1;
      ${note('', '')}
      IF TG_OP = 'TRUNCATE' THEN ${note(', place, before', `, _bb_row._seq, ${image(table, '_bb_row')} FROM ${schema}.${table.sqlName} AS _bb_row`)} END IF;
      RETURN NULL;
    END IF;
    IF TG_WHEN = 'BEFORE' THEN
      NEW."_updatedTime" := ${postgres.now};
      RETURN NEW;
    END IF;
    IF TG_OP <> 'INSERT' THEN ${note(', place, before', `, OLD._seq, ${image(table, 'OLD')}`)} END IF;
    IF TG_OP = 'INSERT' THEN ${note(', place', ', NEW._seq')}
    ELSIF TG_OP = 'UPDATE' THEN IF NEW._seq <> OLD._seq THEN ${note(', place', ', NEW._seq')} END IF; END IF;
    RETURN NULL;
  END $bb$`;
  return `DO $bb_do$ BEGIN EXECUTE replace($bb_text$${text}$bb_text$, '${schema}', quote_ident(current_schema())); END $bb_do$`;
}

/**
 * Where policies have been installed, what a deployment makes afterwards is closed until they are installed again: for all but
 * the owner, whatever rights a vendor gives to roles by default.
 */
function closeText({ sqlName }: SqlTable): string {
  return `DO $bb$ DECLARE each regclass; BEGIN
    IF to_regclass('betterbase.roles') IS NULL THEN RETURN; END IF;
    FOR each IN SELECT oid FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r'
      AND NOT relrowsecurity AND (oid = '${sqlName.replaceAll("'", "''")}'::regclass OR starts_with(relname, '_bb_'))
    LOOP EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', each); END LOOP;
  END $bb$`;
}

/** Each value as the driver gives it; bytes in an object of their own. */
function image(table: SqlTable, row: string): string {
  const { types } = postgres;
  const values = rowColumns(table).map((name, at) => {
    const column = `${row}.${name}`;
    switch (table.codec.columns[at - 2]?.type) {
      case types.bytes:
        return `json_build_object('x', encode(${column}, 'hex'))`;
      case types.boolean:
        return `CAST(${column} AS INTEGER)`;
      case types.json:
        return `CAST(${column} AS TEXT)`;
      default:
        return column;
    }
  });
  return `CAST(${listOfLists('json_build_array', values)} AS TEXT)`;
}

function decodeValue(value: unknown): SqlValue {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('x' in value)) return null;
  return typeof value.x === 'string' ? bytesOfHex(value.x) : null;
}
