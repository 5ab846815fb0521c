/** An app's policies as native row-level security of Postgres. */
import type { SchemaManifest } from '@betterbase/protocol';
import type { ParsedPolicy, PolicyRule } from '../policy-tree.ts';
import { rulesFor } from '../rule-use.ts';
import { ConditionSql, type SubqueryFunction } from './condition-sql.ts';
import { helperSchema, helperStatements } from './helper-functions.ts';
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
  readonly tables: readonly string[];
}

/** What marks a policy or function as made here, so that the next time takes away what is no longer wanted. */
export const ownMark = 'Made by bb rls.';

/** @throws BetterBaseError `policy/invalid` for names that the schema does not have */
export function nativePolicies(policies: readonly ParsedPolicy[], schema: SchemaManifest): NativePolicies {
  const functions: SubqueryFunction[] = [];
  const made: NativePolicy[] = [];
  const counts = new Map<string, number>();
  for (const { file, table, rules } of policies) {
    const number = (counts.get(table) ?? 0) + 1;
    counts.set(table, number);
    const ending = number === 1 ? '' : `_${number}`;
    const conditions = new Map<PolicyRule, string>();
    for (const [rule, { text, tree }] of entriesOf(rules)) {
      const compiler = new ConditionSql({ file, table, rule, text }, schema, `${table}_${rule.toLowerCase()}${ending}`);
      conditions.set(rule, compiler.condition(tree));
      functions.push(...compiler.functions);
    }
    const used = rulesFor(rules);
    const all = (names: readonly PolicyRule[]): string => names.map((name) => conditions.get(name) ?? 'false').join(' AND ');
    const add = (operation: Operation, clauses: string): void => {
      const name = fitName(`${table}_${operation}_policy${ending}`);
      const create = `CREATE POLICY ${nameSql(name)} ON public.${nameSql(table)} FOR ${operation.toUpperCase()} TO public ${clauses}`;
      made.push({ table, name, operation, create });
    };
    if (used.select.length > 0) add('select', `USING (${all(used.select)})`);
    if (used.insert.length > 0) add('insert', `WITH CHECK (${all(used.insert)})`);
    if (used.update.length > 0) add('update', `USING (${all(used.update)}) WITH CHECK (${all(used['update-to'])})`);
    if (used.delete.length > 0) add('delete', `USING (${all(used.delete)})`);
  }
  return { functions, policies: made, tables: schema.tables.map(({ name }) => name) };
}

/**
 * Statements for one transaction that leave exactly these policies in place, whichever of ours were there before. Policies that
 * somebody else made stay.
 *
 * `role`: who may read the tables from now on; null: nobody new. What writes past the engine has to be allowed by hand.
 */
export function installStatements({ functions, policies, tables }: NativePolicies, role: string | null = null): string[] {
  const mark = textSql(ownMark);
  return [
    ...helperStatements(),
    ...removeStatements(),
    // An inner subquery's function is called by the one around it, and has to be there first.
    ...functions
      .toReversed()
      .flatMap(({ name, signature, create }) => [create, `COMMENT ON FUNCTION ${helperSchema}.${nameSql(name)}${signature} IS ${mark}`]),
    ...tables.map((table) => `ALTER TABLE public.${nameSql(table)} ENABLE ROW LEVEL SECURITY`),
    ...policies.flatMap(({ table, name, create }) => [create, `COMMENT ON POLICY ${nameSql(name)} ON public.${nameSql(table)} IS ${mark}`]),
    ...(role === null ? [] : grantStatements(tables, role)),
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

function grantStatements(tables: readonly string[], role: string): string[] {
  const to = nameSql(role);
  return [`GRANT USAGE ON SCHEMA ${helperSchema} TO ${to}`, ...tables.map((table) => `GRANT SELECT ON public.${nameSql(table)} TO ${to}`)];
}

function entriesOf(rules: ParsedPolicy['rules']): [PolicyRule, NonNullable<ParsedPolicy['rules'][PolicyRule]>][] {
  return (['select', 'insert', 'update', 'delete', 'using', 'withCheck'] as const).flatMap((rule) => {
    const condition = rules[rule];
    return condition === undefined ? [] : [[rule, condition]];
  });
}
