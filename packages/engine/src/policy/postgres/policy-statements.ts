/** An app's policies as native row-level security of Postgres. */
import type { SchemaManifest } from '@betterbase/protocol';
import type { ParsedPolicy, PolicyRule } from '../policy-tree.ts';
import { type RowAccess, rulesFor } from '../rule-use.ts';
import { ConditionSql, type SubqueryFunction } from './condition-sql.ts';
import { helperSchema, helperStatements, pinnedPath } from './helper-functions.ts';
import { type NativeGrant, type NativeRole, roleStatements } from './native-roles.ts';
import { writableColumns } from './postgres-columns.ts';
import { fitName, nameSql, textSql } from './typed-sql.ts';

type Operation = 'select' | 'insert' | 'update' | 'delete';

export interface NativePolicy {
  readonly table: string;
  /** `messages_select_policy`; the second of a table is `messages_select_policy_2`. */
  readonly name: string;
  readonly operation: Operation;
  readonly create: string;
}

export interface NativePolicies {
  readonly functions: readonly SubqueryFunction[];
  readonly policies: readonly NativePolicy[];
  /** Every table of the schema: one without policies shows nothing and takes nothing. */
  readonly tables: readonly NativeGrant[];
}

/** What marks a policy or function as made here, so that the next time takes away what is no longer wanted. */
export const ownMark = 'Made by bb rls.';

/** @throws BetterBaseError `policy/invalid` for names that the schema does not have */
export function nativePolicies(policies: readonly ParsedPolicy[], schema: SchemaManifest): NativePolicies {
  const functions: SubqueryFunction[] = [];
  const made: NativePolicy[] = [];
  for (const { name: table } of schema.tables) {
    const compiled = policies
      .filter((policy) => policy.table === table)
      .map((policy, at) => compile(policy, schema, at === 0 ? '' : `_${at + 1}`));
    functions.push(...compiled.flatMap((each) => each.functions));
    const seen = compiled.flatMap(({ conditions: { select } }) => (select === null ? [] : [select]));
    made.push(...compiled.flatMap(({ conditions, ending }) => policiesOf(table, ending, conditions, seen)));
  }
  const tables = schema.tables.map((table): NativeGrant => {
    const own = new Set(made.filter((policy) => policy.table === table.name).map(({ operation }) => operation));
    const operations = (['insert', 'update', 'delete'] as const).filter((operation) => own.has(operation));
    return { table: table.name, operations, columns: writableColumns(table) };
  });
  return { functions, policies: made, tables };
}

/** Null: the policy does not allow it. */
type Conditions = Readonly<Record<RowAccess, string | null>>;

interface CompiledPolicy {
  readonly ending: string;
  readonly conditions: Conditions;
  readonly functions: readonly SubqueryFunction[];
}

function compile({ file, table, rules }: ParsedPolicy, schema: SchemaManifest, ending: string): CompiledPolicy {
  const functions: SubqueryFunction[] = [];
  const texts = new Map<PolicyRule, string>();
  for (const [rule, { text, tree }] of entriesOf(rules)) {
    const compiler = new ConditionSql({ file, table, rule, text }, schema, `${table}_${rule.toLowerCase()}${ending}`);
    texts.set(rule, compiler.condition(tree));
    functions.push(...compiler.functions);
  }
  const used = rulesFor(rules);
  const all = (access: RowAccess): string | null => {
    const names = used[access];
    return names.length === 0 ? null : names.map((name) => texts.get(name) ?? 'false').join(' AND ');
  };
  const conditions = {
    select: all('select'),
    insert: all('insert'),
    update: all('update'),
    'update-to': all('update-to'),
    delete: all('delete'),
  };
  return { ending, conditions, functions };
}

/**
 * Postgres asks what shows a row only where a statement reads: `UPDATE messages SET text = ''` would change rows that its author
 * does not see. So what changes a row says it itself.
 *
 * @param seen the conditions of all policies that show rows of the table
 */
function policiesOf(table: string, ending: string, conditions: Conditions, seen: readonly string[]): NativePolicy[] {
  const made: NativePolicy[] = [];
  const add = (operation: Operation, clauses: string): void => {
    const name = fitName(`${table}_${operation}_policy${ending}`);
    const create = `CREATE POLICY ${nameSql(name)} ON public.${nameSql(table)} FOR ${operation.toUpperCase()} TO public ${clauses}`;
    made.push({ table, name, operation, create });
  };
  const ofSeen = (condition: string): string => {
    if (seen.includes('true') || seen.includes(condition)) return condition;
    return `(${condition}) AND ${seen.length === 0 ? 'false' : `((${seen.join(') OR (')}))`}`;
  };
  const { select, insert, update, 'update-to': changed, delete: removed } = conditions;
  if (select !== null) add('select', `USING (${select})`);
  if (insert !== null) add('insert', `WITH CHECK (${insert})`);
  if (update !== null) add('update', `USING (${ofSeen(update)}) WITH CHECK (${ofSeen(changed ?? 'false')})`);
  if (removed !== null) add('delete', `USING (${ofSeen(removed)})`);
  return made;
}

/**
 * Statements for one transaction that leave exactly these policies in place, whichever of ours were there before. Policies that
 * somebody else made stay.
 *
 * `roles`: who is held to them from now on, besides those who were named before.
 */
export function installStatements({ functions, policies, tables }: NativePolicies, roles: readonly NativeRole[] = []): string[] {
  const mark = textSql(ownMark);
  return [
    // What the names below mean is not for whoever may make things in another schema of the path to say.
    `SET LOCAL search_path = ${pinnedPath}`,
    // Everybody could in PostgreSQL before 15.
    'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
    ...helperStatements(),
    ...removeStatements(),
    // An inner subquery's function is called by the one around it, and has to be there first.
    ...functions
      .toReversed()
      .flatMap(({ name, signature, create }) => [create, `COMMENT ON FUNCTION ${helperSchema}.${nameSql(name)}${signature} IS ${mark}`]),
    ...tables.map(({ table }) => `ALTER TABLE public.${nameSql(table)} ENABLE ROW LEVEL SECURITY`),
    ...policies.flatMap(({ table, name, create }) => [create, `COMMENT ON POLICY ${nameSql(name)} ON public.${nameSql(table)} IS ${mark}`]),
    ...roleStatements(roles, tables),
  ];
}

/** Takes away what was made here. Row-level security stays on: tables are not opened by it. */
export function removeStatements(): string[] {
  const mark = textSql(ownMark);
  return [
    `DO $$ DECLARE each record; BEGIN
  FOR each IN SELECT p.polname, c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace AND obj_description(p.oid, 'pg_policy') = ${mark}
  LOOP EXECUTE format('DROP POLICY %I ON public.%I', each.polname, each.relname); END LOOP;
  FOR each IN SELECT p.oid::regprocedure AS signature FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = '${helperSchema}' AND obj_description(p.oid, 'pg_proc') = ${mark}
  LOOP EXECUTE format('DROP FUNCTION %s', each.signature); END LOOP;
END $$`,
  ];
}

function entriesOf(rules: ParsedPolicy['rules']): [PolicyRule, NonNullable<ParsedPolicy['rules'][PolicyRule]>][] {
  return (['select', 'insert', 'update', 'delete', 'using', 'withCheck'] as const).flatMap((rule) => {
    const condition = rules[rule];
    return condition === undefined ? [] : [[rule, condition]];
  });
}
