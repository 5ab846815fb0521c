/** The app of the simulated world: one query that can ask anything, one mutation that can write anything. */
import { type AnyDataModel, defineSchema, defineTable, mutation, query, type QueryCtx, v, type Value } from '@betterbase/core';
import type { AppModule } from '@betterbase/engine';
import type { Question } from './question.ts';
import { fieldNames, type RandomTable, textFields, validators } from './random-table.ts';

export interface WorldApp {
  readonly app: AppModule;
  /** Looked up by number at every run of `world:ask`. */
  readonly questions: Map<number, Question>;
  /** The number of every question that was run, in order. */
  readonly runs: number[];
}

export function worldApp(tables: readonly RandomTable[]): WorldApp {
  const questions = new Map<number, Question>();
  const runs: number[] = [];
  const ask = query({
    args: { number: v.number() },
    handler: async (ctx, { number }) => {
      runs.push(number);
      const question = questions.get(number);
      if (question === undefined) throw new Error('No such question.');
      return await answer(ctx, question);
    },
  });
  const write = mutation({
    args: { table: v.string(), id: v.nullable(v.string()), change: v.any() },
    handler: async (ctx, { table, id, change }) => {
      const existing = id === null ? null : ctx.db.normalizeId(table, id);
      if (existing === null) return await ctx.db.insert(table, change);
      if (change === null) await ctx.db.delete(existing);
      else await ctx.db.replace(existing, change);
      return existing;
    },
  });
  const schema = defineSchema(Object.fromEntries(tables.map((table) => [table.name, definition(table)])));
  return { app: { modules: { world: { ask, write } }, schema, http: null }, questions, runs };
}

function definition(table: RandomTable): ReturnType<typeof defineTable> {
  const fields = Object.fromEntries(fieldNames.map((field) => [field, validators[table.kinds[field] ?? 'any']]));
  const ranged = table.indexes.reduce((built, index) => built.index(index.name, index.fields), defineTable(fields));
  return textFields(table).reduce(
    (built, searchField) => built.searchIndex(`search_${searchField}`, { searchField, filterFields: fieldNames }),
    ranged,
  );
}

async function answer(ctx: QueryCtx<AnyDataModel>, question: Question): Promise<Value> {
  const { end, filter, equal, fields, lower, upper } = question;
  if (end.do === 'get') {
    const id = ctx.db.normalizeId(question.table, end.id);
    return id === null ? [] : [await ctx.db.get(id)].filter((each) => each !== null);
  }
  if (end.do === 'search') {
    const found = await ctx.db
      .query(question.table)
      .withSearchIndex(`search_${end.field}`, (q) => {
        const search = q.search(end.field, end.words.join(' '));
        return end.where === null ? search : search.eq(end.where.field, end.where.value);
      })
      .collect();
    return found.sort((a, b) => a._creationTime - b._creationTime);
  }
  const ranged = ctx.db.query(question.table).withIndex(question.index, (q) => {
    let range = q;
    for (const [at, value] of equal.entries()) range = range.eq(fields[at] ?? '', value);
    const next = fields[equal.length] ?? '';
    if (lower !== null) range = lower.inclusive ? range.gte(next, lower.value) : range.gt(next, lower.value);
    if (upper !== null) range = upper.inclusive ? range.lte(next, upper.value) : range.lt(next, upper.value);
    return range;
  });
  const ordered = ranged.order(question.order);
  const wanted = filter === null ? ordered : ordered.filter(filter.field, 'gte', filter.atLeast);
  switch (end.do) {
    case 'count':
      return await wanted.count();
    case 'collect':
      return await wanted.collect();
    case 'take':
      return await wanted.take(end.count);
    case 'first':
      return [await wanted.first()].filter((each) => each !== null);
    default:
      return end satisfies never;
  }
}
