/** Random conditions of rows, of everything that stores are asked to decide. */
import { canDecide, type RowCondition, type RowField, type RowValue, type TableLayout } from '@betterbase/engine';
import type { Seeded } from './seeded.ts';

export interface ConditionTables {
  readonly tables: Readonly<Record<string, TableLayout>>;
  readonly fields: readonly string[];
  /** By which tables refer to each other. */
  readonly links: readonly string[];
  /** What is inside of one of the fields. */
  readonly inside: { readonly field: string; readonly paths: readonly (readonly (string | number)[])[] };
  readonly values: readonly (string | number | boolean | ArrayBuffer)[];
}

type Leaf = Parameters<typeof canDecide>[0];

/** @param scopes names of the tables around, the innermost first */
export function randomRowCondition(random: Seeded, of: ConditionTables, scopes: readonly string[], depth: number): RowCondition {
  const inner = (): RowCondition => randomRowCondition(random, of, scopes, depth - 1);
  switch (random.below(depth <= 0 ? 5 : 9)) {
    case 5:
      return { type: random.pick(['and', 'or']), all: random.many(4, inner) };
    case 6:
      return { type: 'not', of: inner() };
    case 7:
      return { type: 'is', of: inner(), truth: random.pick([true, false, null]) };
    case 8: {
      const table = random.pickAny(Object.keys(of.tables));
      const where = randomRowCondition(random, of, [table, ...scopes], random.below(depth));
      return {
        type: 'exists',
        table,
        where: { type: 'and', all: [...random.many(2, () => randomLink(random, of, layoutsOf(of, [table, ...scopes]))), where] },
      };
    }
    default:
      return random.chance(0.05) ? { type: 'known', truth: random.pick([true, false, null]) } : randomLeaf(random, of, scopes);
  }
}

function randomLeaf(random: Seeded, of: ConditionTables, scopes: readonly string[]): RowCondition {
  const layouts = layoutsOf(of, scopes);
  for (;;) {
    const leaf = anyLeaf(random, of, scopes.length);
    if (canDecide(leaf, layouts)) return leaf;
  }
}

function randomLink(random: Seeded, of: ConditionTables, layouts: readonly TableLayout[]): RowCondition {
  const field = (up: number): RowField => ({ type: 'field', name: random.pickAny(of.links), up, path: [] });
  const link: Leaf = { type: 'compare', by: '=', left: field(0), right: field(1) };
  return canDecide(link, layouts) ? link : { type: 'known', truth: true };
}

function layoutsOf({ tables }: ConditionTables, scopes: readonly string[]): TableLayout[] {
  return scopes.map((name) => tables[name]).filter((layout) => layout !== undefined);
}

function anyLeaf(random: Seeded, of: ConditionTables, depth: number): Leaf {
  const field = (): RowField => {
    const name = random.pickAny(of.fields);
    const path = name === of.inside.field ? random.pickAny(of.inside.paths) : [];
    return { type: 'field', name, up: random.below(depth), path };
  };
  const value = (): RowValue => ({ type: 'value', value: random.pickAny(of.values) });
  switch (random.below(6)) {
    case 0:
      return { type: random.pick(['is-null', 'holds']), of: field() };
    case 1: {
      const text = random.pickAny(of.values);
      return {
        type: 'like',
        of: field(),
        how: random.pick(['is', 'starts', 'contains']),
        text: String(text),
        ignoresCase: random.chance(0.5),
      };
    }
    default: {
      const sides = random.chance(0.6) ? [field(), value()] : [field(), field()];
      const [left = field(), right = value()] = random.chance(0.5) ? sides : sides.toReversed();
      return { type: 'compare', by: random.pick(['=', '=', '!=', '<', '<=', '>', '>=']), left, right };
    }
  }
}
