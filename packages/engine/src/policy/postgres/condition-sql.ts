import type { SchemaManifest } from '@betterbase/protocol';
import type { ConditionPlace } from '../policy-error.ts';
import { depthOf, type PolicyScope, scopeOf, scopeOfRows } from '../policy-scope.ts';
import type { IdentityPart, PolicyNode, PolicyRows } from '../policy-tree.ts';
import { claimOf } from '../claim-names.ts';
import { helperSchema, pinnedPath } from './helper-functions.ts';
import { columnReader } from './postgres-columns.ts';
import { asText, compareSql, fitName, nameSql, quoteBody, type SqlKind, sqlTypes, textSql, truthSql, type TypedSql } from './typed-sql.ts';

/** A subquery of a condition: a function that reads its table whatever policies that table has. */
export interface SubqueryFunction {
  readonly name: string;
  /** `(text, bigint)`, as a function is told from others of its name. */
  readonly signature: string;
  readonly create: string;
}

interface Level {
  readonly scope: PolicyScope;
  readonly alias: string;
  /** What the subquery takes from rows around it; they are the function's arguments. */
  readonly taken: { readonly outer: TypedSql; readonly argument: string }[];
  readonly outer: Level | null;
}

const identityKinds: Readonly<Record<IdentityPart, SqlKind>> = {
  uid: 'text',
  role: 'text',
  email: 'text',
  authenticated: 'boolean',
  jwt: 'json',
};

/**
 * Makes a condition's tree into Postgres SQL that is true of the same rows.
 *
 * Subqueries become functions that run as whoever owns the tables: within a policy Postgres would hold them against the
 * policies of the tables they read, and refuse one that reads its own.
 */
export class ConditionSql {
  readonly functions: SubqueryFunction[] = [];
  readonly #place: ConditionPlace;
  readonly #schema: SchemaManifest;
  readonly #prefix: string;
  #level: Level;

  /** @param prefix what the names of its functions begin with */
  constructor(place: ConditionPlace, schema: SchemaManifest, prefix: string) {
    this.#place = place;
    this.#schema = schema;
    this.#prefix = prefix;
    const scope = scopeOf(schema, place.table, place.table, null);
    if (scope === null) throw new TypeError(`The schema has no table ${place.table}.`);
    this.#level = { scope, alias: place.table, taken: [], outer: null };
  }

  /** Whether the row is allowed. */
  condition(node: PolicyNode): string {
    return this.#truth(node);
  }

  #truth(node: PolicyNode): string {
    return truthSql(this.#value(node), helperSchema);
  }

  #value(node: PolicyNode): TypedSql {
    switch (node.type) {
      case 'literal':
        return literalSql(node.value);
      case 'column':
        return this.#column(node);
      case 'identity':
        // As a subquery it is worked out once for all rows.
        return { sql: `(SELECT ${helperSchema}.${node.part}())`, kind: identityKinds[node.part] };
      case 'member':
        return this.#member(node);
      case 'compare':
        return truth(compareSql(this.#value(node.left), node.by, this.#value(node.right), helperSchema));
      case 'like':
        return truth(this.#like(node));
      case 'and':
      case 'or':
        return truth(`(${this.#truth(node.left)} ${node.type.toUpperCase()} ${this.#truth(node.right)})`);
      case 'not':
        return truth(`(NOT ${this.#truth(node.of)})`);
      case 'is':
        if (node.what !== null) return truth(`(${this.#truth(node.of)} IS ${node.what ? 'TRUE' : 'FALSE'})`);
        return truth(`(${this.#value(node.of).sql} IS NULL)`);
      case 'in': {
        const of = this.#value(node.of);
        const members = node.list.map((each) => compareSql(of, '=', this.#value(each), helperSchema));
        return truth(`(${members.join(' OR ')})`);
      }
      case 'exists':
        return truth(this.#subquery(node.rows, null, null));
      case 'in-rows':
        return truth(this.#subquery(node.rows, this.#value(node.of), node.column));
      default:
        return node satisfies never;
    }
  }

  #column(node: Extract<PolicyNode, { type: 'column' }>): TypedSql {
    const depth = depthOf(node, this.#level.scope, this.#place);
    const path = [this.#level];
    for (let out = depth; out > 0; out--) {
      const outer = path.at(-1)?.outer;
      if (outer === null || outer === undefined) throw new TypeError('A column of no row.');
      path.push(outer);
    }
    const home = path.at(-1) ?? this.#level;
    let value = columnReader(this.#schema, home.scope.table)(node.name, home.alias);
    // From function to function it is handed on as an argument.
    for (const level of path.slice(0, -1).toReversed()) value = argument(level, value);
    return value;
  }

  #member({ of, key }: Extract<PolicyNode, { type: 'member' }>): TypedSql {
    const { sql, kind } = this.#value(of);
    // Only encodings have names that begin so, and what they stand for has no parts.
    if (kind !== 'json' || (typeof key === 'string' && key.startsWith('$'))) return { sql: 'NULL::jsonb', kind: 'json' };
    const isClaim = of.type === 'identity' && of.part === 'jwt' && typeof key === 'string';
    const member = (name: string | number): string => `${helperSchema}.member(${sql}, ${typeof name === 'number' ? name : textSql(name)})`;
    const [own, other] = isClaim ? claimOf(key) : [key];
    return { sql: other === undefined ? member(own) : `coalesce(${member(own)}, ${member(other)})`, kind: 'json' };
  }

  #like({ of, pattern, ignoresCase }: Extract<PolicyNode, { type: 'like' }>): string {
    const [text, like] = [asText(this.#value(of), helperSchema), asText(this.#value(pattern), helperSchema)];
    return `${helperSchema}.${ignoresCase ? 'is_ilike' : 'is_like'}(${text}, ${like})`;
  }

  /** `exists (…)`, or whether a value is among those of a column. */
  #subquery(rows: PolicyRows, of: TypedSql | null, column: PolicyNode | null): string {
    const outer = this.#level;
    const number = this.functions.length + 1;
    const name = fitName(`${this.#prefix}_${number}`);
    // Its place is kept: those that are inside of it come after.
    this.functions.push({ name, signature: '', create: '' });
    // Aliases of our own: those of the author may be the same inside and outside.
    const level: Level = { scope: scopeOfRows(this.#schema, rows, outer.scope, this.#place), alias: `r${number}`, taken: [], outer };
    const wanted = of === null ? null : argument(level, of);
    this.#level = level;
    const where = rows.where === null ? '' : ` WHERE ${this.#truth(rows.where)}`;
    const equal = column === null || wanted === null ? null : compareSql(wanted, '=', this.#value(column), helperSchema);
    this.#level = outer;
    const from = `FROM public.${nameSql(rows.table)} AS ${level.alias}${where}`;
    const body =
      equal === null
        ? `SELECT EXISTS (SELECT 1 ${from})`
        : `SELECT CASE WHEN bool_or(${equal}) THEN true WHEN bool_or((${equal}) IS NULL) THEN NULL ELSE false END ${from}`;
    const types = `(${level.taken.map(({ outer: { kind } }) => sqlTypes[kind]).join(', ')})`;
    this.functions[number - 1] = {
      name,
      signature: types,
      create: `CREATE OR REPLACE FUNCTION ${helperSchema}.${nameSql(name)}${types} RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ${pinnedPath} AS ${quoteBody(body)}`,
    };
    const call = `${helperSchema}.${nameSql(name)}(${level.taken.map(({ outer: { sql } }) => sql).join(', ')})`;
    return level.taken.length === 0 ? `(SELECT ${call})` : call;
  }
}

/** The argument of the level's function that stands for a value of the row around it. */
function argument({ taken }: Level, outer: TypedSql): TypedSql {
  const known = taken.find((each) => each.outer.sql === outer.sql && each.outer.kind === outer.kind);
  if (known !== undefined) return { sql: known.argument, kind: outer.kind };
  const name = `$${taken.length + 1}`;
  taken.push({ outer, argument: name });
  return { sql: name, kind: outer.kind };
}

function truth(sql: string): TypedSql {
  return { sql, kind: 'boolean' };
}

function literalSql(value: string | number | boolean | null): TypedSql {
  switch (typeof value) {
    case 'string':
      return { sql: textSql(value), kind: 'text' };
    case 'number':
      return { sql: `(${value})::double precision`, kind: 'number' };
    case 'boolean':
      return { sql: String(value), kind: 'boolean' };
    default:
      return { sql: 'NULL', kind: 'null' };
  }
}
