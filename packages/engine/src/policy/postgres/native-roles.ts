/** Roles of a database that are held to policies: what they may do there, and who they are. */
import { claimsStatements, helperSchema } from './helper-functions.ts';
import { nameSql, textSql } from './typed-sql.ts';

export interface NativeRole {
  readonly name: string;
  /** Who logs in as this role has these claims, whatever the session says. Null: nobody in particular any more. Absent: as it was. */
  readonly claims?: Readonly<Record<string, unknown>> | null;
}

/** What roles may do with a table as far as policies let them. */
export interface NativeGrant {
  readonly table: string;
  readonly operations: readonly ('insert' | 'update' | 'delete')[];
  /** In which they may write, quoted. */
  readonly columns: readonly string[];
}

/** Stands for the role; no name of a table or column has it. */
const place = '@role@';

/**
 * Lets these roles do what policies let them, and all that were named before: `betterbase.roles` remembers them. None of them may
 * touch what is the store's own.
 */
export function roleStatements(roles: readonly NativeRole[], grants: readonly NativeGrant[]): string[] {
  return [
    `DELETE FROM ${helperSchema}.roles AS r WHERE NOT EXISTS (SELECT FROM pg_roles WHERE oid = r.role)`,
    ...roles.map(rememberText),
    // Whoever may be who the owner is would be held to nothing.
    `DO $bb$ DECLARE each regrole; BEGIN
  FOR each IN SELECT r.role FROM ${helperSchema}.roles r JOIN pg_roles p ON p.oid = r.role
    WHERE p.rolsuper OR p.rolbypassrls OR pg_has_role(p.oid, current_user, 'MEMBER')
  LOOP RAISE EXCEPTION 'policies do not hold for the role %: it is the owner of the tables, one of its members, or above row-level security', each; END LOOP;
END $bb$`,
    forAllRoles([
      `GRANT USAGE ON SCHEMA public, ${helperSchema} TO ${place}`,
      ...grants.flatMap(grantTexts),
      ...ownSequence.map((text) => `DO $do$ BEGIN IF to_regclass('public._bb_new_rows') IS NOT NULL THEN ${text}; END IF; END $do$`),
    ]),
    closeOwnText,
    ...claimsStatements(),
  ];
}

function rememberText({ name, claims }: NativeRole): string {
  const role = `${textSql(nameSql(name))}::regrole`;
  const [value, onConflict] =
    claims === undefined
      ? ['NULL', 'NOTHING']
      : [claims === null ? 'NULL' : textSql(JSON.stringify(claims)), 'UPDATE SET claims = excluded.claims'];
  return `INSERT INTO ${helperSchema}.roles (role, claims) VALUES (${role}, ${value}) ON CONFLICT (role) DO ${onConflict}`;
}

/** What somebody was given before, by hand or by a vendor's defaults, is taken first: no policy holds for TRUNCATE. */
function grantTexts({ table, operations, columns }: NativeGrant): string[] {
  const of = `public.${nameSql(table)}`;
  const list = columns.join(', ');
  const may = operations.flatMap((operation) => {
    if (operation === 'delete') return ['DELETE'];
    return columns.length === 0 ? [] : [`${operation.toUpperCase()} (${list})`];
  });
  return [`REVOKE ALL ON ${of} FROM PUBLIC, ${place}`, `GRANT ${['SELECT', ...may].join(', ')} ON ${of} TO ${place}`];
}

/** Rows that are inserted take a number of it until the engine gives them their place. */
const ownSequence = [
  `REVOKE ALL ON SEQUENCE public._bb_new_rows FROM PUBLIC, ${place}`,
  `GRANT USAGE ON SEQUENCE public._bb_new_rows TO ${place}`,
];

function forAllRoles(texts: readonly string[]): string {
  const lines = texts.map((text) => `    EXECUTE replace(${textSql(text)}, '${place}', each.role::text);`);
  return `DO $bb$ DECLARE each record; BEGIN
  FOR each IN SELECT role FROM ${helperSchema}.roles LOOP
${lines.join('\n')}
  END LOOP;
END $bb$`;
}

/** The store's own tables, sequences and functions are nobody's but the owner's. */
const closeOwnText = `DO $bb$ DECLARE each record; who record; BEGIN
  FOR who IN SELECT role::text AS name FROM ${helperSchema}.roles UNION ALL SELECT 'PUBLIC' LOOP
    FOR each IN SELECT oid::regclass AS name, relkind, relname FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND starts_with(relname, '_bb_') AND relkind IN ('r', 'S') AND relowner = current_user::regrole
    LOOP
      IF each.relkind = 'r' THEN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', each.name);
        EXECUTE format('REVOKE ALL ON %s FROM %s', each.name, who.name);
      ELSIF each.relname <> '_bb_new_rows' THEN EXECUTE format('REVOKE ALL ON SEQUENCE %s FROM %s', each.name, who.name);
      END IF;
    END LOOP;
    FOR each IN SELECT oid::regprocedure AS name FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, '_bb_') AND proowner = current_user::regrole
    LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM %s', each.name, who.name); END LOOP;
  END LOOP;
END $bb$`;
