/** The policies of an app, compiled for its schema. */
import { BetterBaseError, isPolicy, parseRowSecurity } from '@betterbase/core';
import type { SchemaManifest } from '@betterbase/protocol';
import type { AppModule } from '../run/app-module.ts';
import { after, type Asked, type Later } from './evaluation.ts';
import { ConditionCompiler, type Evaluate } from './compile-condition.ts';
import { badPolicy, type ConditionPlace } from './policy-error.ts';
import { scopeOf } from './policy-scope.ts';
import type { ParsedCondition, ParsedPolicy, PolicyNode, PolicyRule } from './policy-tree.ts';
import { bindCondition, type BindingParts, joined } from './bind-condition.ts';
import { type RowAccess, rulesFor } from './rule-use.ts';
import type { BoundPart } from './seen-filter.ts';
import { toTruth, type Truth } from './sql-value.ts';

export type { RowAccess } from './rule-use.ts';

/** One condition, and what it came to. */
export interface Reason {
  readonly file: string;
  readonly rule: PolicyRule;
  readonly text: string;
  /** Null: not known, which is as good as false. */
  readonly holds: Truth;
}

interface Condition {
  readonly place: ConditionPlace;
  readonly holds: Evaluate;
  /** What must all hold for it to hold. */
  readonly conjuncts: readonly { readonly node: PolicyNode; readonly holds: Evaluate }[];
  readonly isAlways: boolean;
}

/** All of them must hold. None at all: nothing is allowed. */
type Conditions = readonly Condition[];
type TablePolicy = Readonly<Record<RowAccess, Conditions>>;

/** Where none is asked: one policy, of which nothing must hold. */
const open: readonly Conditions[] = [[]];

export class PolicySet {
  readonly #isEnforced: boolean;
  readonly #tables = new Map<string, TablePolicy[]>();
  readonly #schema: SchemaManifest;

  /** @throws BetterBaseError `policy/invalid` */
  constructor(policies: readonly ParsedPolicy[], schema: SchemaManifest, isEnforced = true) {
    this.#isEnforced = isEnforced;
    this.#schema = schema;
    for (const policy of policies) this.#tables.set(policy.table, [...(this.#tables.get(policy.table) ?? []), compile(policy, schema)]);
  }

  /** Whether some policy of the table allows it for the row that is asked about. */
  allows(access: RowAccess, table: string, asked: Asked): Later<boolean> {
    return some(this.#of(access, table), (conditions) => every(conditions, asked));
  }

  /** Every condition that has a say, and what it comes to. */
  async explain(access: RowAccess, table: string, asked: Asked): Promise<Reason[]> {
    const said = this.#of(access, table).flat();
    return await Promise.all(
      said.map(async ({ place: { file, rule, text }, holds }) => ({ file, rule, text, holds: toTruth(await holds(asked)) })),
    );
  }

  /** Whether every row is allowed. */
  allowsAll(access: RowAccess, table: string): boolean {
    return this.#of(access, table).some((conditions) => conditions.every(({ isAlways }) => isAlways));
  }

  allowsNone(access: RowAccess, table: string): boolean {
    return this.#of(access, table).length === 0;
  }

  /** What must all hold of a row for a caller, as stores decide it and as it is asked here. */
  bind(access: RowAccess, table: string, parts: Pick<BindingParts, 'caller' | 'layout'>): readonly BoundPart[] {
    const bound = ({ place, conjuncts }: Condition): BoundPart[] =>
      conjuncts.map(({ node, holds }) => ({ holds, bound: bindCondition(node, { ...parts, place, schema: this.#schema }) }));
    const [only, ...more] = this.#of(access, table).map((conditions) => conditions.flatMap(bound));
    if (only === undefined || more.length === 0) return only ?? [];
    const all = [only, ...more].map((each) =>
      joined(
        'and',
        each.map((part) => part.bound),
      ),
    );
    return [{ bound: joined('or', all), holds: (asked) => this.allows(access, table, asked) }];
  }

  #of(access: RowAccess, table: string): readonly Conditions[] {
    if (!this.#isEnforced) return open;
    return (this.#tables.get(table) ?? []).map((policy) => policy[access]).filter(({ length }) => length > 0);
  }
}

/**
 * The app's policies.
 *
 * @throws BetterBaseError `policy/invalid` also for a policy in a module that is not read as a policy file
 */
export function appPolicies(
  { policies = [], modules, rls }: Pick<AppModule, 'policies' | 'modules' | 'rls'>,
  schema: SchemaManifest,
): PolicySet {
  for (const [path, exports] of Object.entries(modules)) {
    if (!Object.values(exports).some(isPolicy)) continue;
    throw new BetterBaseError('policy/invalid', `\`${path}\` exports a policy, and is no policy file, so the policy would not count.`, {
      hint: 'Move it to betterbase/policies/<name>.policy.ts and make it the default export.',
    });
  }
  return new PolicySet(policies, schema, parseRowSecurity(rls).enabled);
}

function compile({ file, table, rules }: ParsedPolicy, schema: SchemaManifest): TablePolicy {
  if (!schema.tables.some(({ name }) => name === table))
    throw new BetterBaseError('policy/invalid', `${file}: the schema has no table \`${table}\`.`, {
      hint: `It has ${schema.tables.map(({ name }) => `\`${name}\``).join(', ') || 'none'}.`,
    });
  const conditions = new Map(
    Object.entries(rules).map(([rule, parsed]) => [
      rule,
      compileCondition({ file, table, rule: rule as PolicyRule, text: parsed.text }, parsed, schema),
    ]),
  );
  const used = rulesFor(rules);
  const all = (access: RowAccess): Conditions => used[access].flatMap((rule) => conditions.get(rule) ?? []);
  return { select: all('select'), insert: all('insert'), update: all('update'), 'update-to': all('update-to'), delete: all('delete') };
}

function compileCondition(place: ConditionPlace, { tree }: ParsedCondition, schema: SchemaManifest): Condition {
  const scope = scopeOf(schema, place.table, place.table, null);
  if (scope === null) throw badPolicy(place, [0, 1], `the schema has no table \`${place.table}\`.`);
  const compiler = new ConditionCompiler(place, schema, scope);
  const holds = compiler.compile(tree);
  const nodes = conjunctsOf(tree);
  const conjuncts = nodes.length === 1 ? [{ node: tree, holds }] : nodes.map((node) => ({ node, holds: compiler.compile(node) }));
  return { place, holds, conjuncts, isAlways: tree.type === 'literal' && tree.value === true };
}

function conjunctsOf(node: PolicyNode): readonly PolicyNode[] {
  return node.type === 'and' ? [...conjunctsOf(node.left), ...conjunctsOf(node.right)] : [node];
}

function every(conditions: Conditions, asked: Asked, at = 0): Later<boolean> {
  const condition = conditions[at];
  if (condition === undefined) return true;
  return after(condition.holds(asked), (value) => toTruth(value) === true && every(conditions, asked, at + 1));
}

function some<T>(list: readonly T[], isSo: (each: T) => Later<boolean>, at = 0): Later<boolean> {
  const each = list[at];
  if (each === undefined) return false;
  return after(isSo(each), (found) => found || some(list, isSo, at + 1));
}
