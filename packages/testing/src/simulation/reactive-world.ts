/**
 * Random tables, live queries and writes, run by the real engine and watched by a model that shares none of its code:
 * documents in a map, sorted by `compareValues`, ranges decided value by value. The engine may lose its memory in between,
 * after it has put on disk what is watched (sleep), or before (a crash).
 */
import { encodeToJson, type Value } from '@betterbase/core';
import type { Answer } from '@betterbase/engine';
import { TestEngine, valueOf } from '../world/test-engine.ts';
import { answerByModel, type ModelDocument, type Question, randomQuestion, reading } from './question.ts';
import type { Seeded } from '../random/seeded.ts';
import { randomFields, randomTable, type RandomTable } from './random-table.ts';
import { worldApp } from './world-app.ts';

export interface Verdict {
  /** Watchers that were left with an answer that is no longer right. */
  readonly missed: readonly string[];
  /** Re-runs that no write inside what the query had read explains. */
  readonly needless: readonly string[];
  readonly reruns: number;
  /** How often the engine lost its memory. */
  readonly sleeps: number;
  readonly crashes: number;
}

interface Written {
  readonly table: string;
  readonly before: ModelDocument | null;
  readonly after: ModelDocument | null;
}

export async function runReactiveWorld(
  random: Seeded,
  store: Parameters<typeof TestEngine.start>[0]['store'],
  size: { readonly steps: number; readonly queries: number; readonly restless?: boolean },
): Promise<Verdict> {
  const tables = [randomTable('red', random), randomTable('blue', random)].slice(0, 1 + random.below(2));
  const { app, questions, runs } = worldApp(tables);
  let engine = await TestEngine.start({ app, store, isDevelopment: false });
  const model = new Map(tables.map((table) => [table.name, new Map<string, ModelDocument>()]));
  const shown = new Map<number, string>();
  const documentsOf = (table: string): ModelDocument[] => [...(model.get(table)?.values() ?? [])];

  const show = (answers: readonly Answer[]): void => {
    for (const { query, outcome } of answers) shown.set(query, outcome.ok ? outcome.value : `failed: ${outcome.error.message}`);
  };
  const watch = async (number: number): Promise<void> => {
    const { results } = await engine.turn([{ do: 'query', query: number, call: engine.call('world:ask', { number }), pinned: true }]);
    const [result] = results;
    if (result?.do !== 'query' || !result.answer.outcome.ok) throw new Error(`Question ${number} failed: ${JSON.stringify(result)}`);
    shown.set(number, result.answer.outcome.value);
  };

  let sleeps = 0;
  let crashes = 0;
  const sleep = async (): Promise<void> => {
    sleeps += 1;
    await engine.keep();
    engine = engine.reborn();
  };
  const crash = async (): Promise<void> => {
    crashes += 1;
    engine = engine.reborn();
    const { results, refreshed } = await engine.turn([{ do: 'resume', queries: [...shown.keys()], isAll: true }]);
    show(refreshed);
    const [result] = results;
    if (result?.do !== 'resumed') throw new Error('Resuming was answered with something else.');
    for (const number of result.unknown) await watch(number);
  };

  let inserted = 0;
  const writeOnce = async (): Promise<Written> => {
    const table: RandomTable = random.pickAny(tables);
    const own = documentsOf(table.name);
    const before = own.length > 0 && random.chance(0.6) ? random.pickAny(own) : null;
    const change = before !== null && random.chance(0.4) ? null : randomFields(table, random);
    const { results, refreshed } = await engine.turn([
      engine.mutationOperation('world:write', { table: table.name, id: before?._id ?? null, change }),
    ]);
    const [result] = results;
    if (result?.do !== 'mutation') throw new Error('A mutation was answered with something else.');
    const id = String(valueOf(result.outcome));
    show(refreshed);
    // The model only compares creation times with each other, so counting is as good as a clock.
    const after = change === null ? null : { ...change, _id: id, _creationTime: before?._creationTime ?? ++inserted };
    if (after === null) model.get(table.name)?.delete(id);
    else model.get(table.name)?.set(id, after);
    return { table: table.name, before, after };
  };

  for (let i = 0; i < 12; i++) await writeOnce();
  for (let number = 1; number <= size.queries; number++) {
    const table = random.pickAny(tables);
    questions.set(number, randomQuestion(number, table, random, documentsOf(table.name)));
    await watch(number);
  }

  const missed: string[] = [];
  const needless: string[] = [];
  let reruns = 0;
  for (let step = 0; step < size.steps; step++) {
    const readBefore = new Map(
      [...questions.values()].map((question) => [question.number, reading(question, documentsOf(question.table))]),
    );
    if (size.restless === true && random.chance(0.1)) await crash();
    runs.length = 0;
    if (size.restless === true && random.chance(0.4)) await sleep();
    const written = await writeOnce();
    reruns += runs.length;

    for (const question of questions.values()) {
      const truth = comparable(answerByModel(question, documentsOf(question.table)));
      const seen = comparable(JSON.parse(shown.get(question.number) ?? 'null'));
      if (truth !== seen) missed.push(`step ${step}: ${describe(question)} shows ${seen} and should show ${truth}`);
    }
    for (const number of runs) {
      const question = questions.get(number);
      const isRead = readBefore.get(number);
      if (question !== undefined && isRead !== undefined && !explains(written, question, isRead)) {
        needless.push(`step ${step}: ${describe(question)} ran again for ${encodeToJson({ ...written })}`);
      }
    }
  }
  return { missed, needless, reruns, sleeps, crashes };
}

function explains({ table, before, after }: Written, question: Question, isRead: (document: ModelDocument) => boolean): boolean {
  return table === question.table && [before, after].some((document) => document !== null && isRead(document));
}

/** As text, fields in one order, without creation times: the model counts where the engine has a clock. */
function comparable(answer: unknown): string {
  if (!Array.isArray(answer)) return JSON.stringify(answer);
  return JSON.stringify(
    answer.map((document: { readonly [field: string]: Value }) => {
      const text = encodeIfNeeded(document);
      return Object.entries(text)
        .filter(([field]) => field !== '_creationTime')
        .sort(([a], [b]) => (a < b ? -1 : 1));
    }),
  );
}

/** Engine answers come encoded, the model's do not; encoding the latter makes them alike. */
function encodeIfNeeded(document: { readonly [field: string]: Value }): { [field: string]: unknown } {
  const isEncoded = Object.values(document).some(
    (value) => typeof value === 'object' && value !== null && Object.keys(value).some((key) => key.startsWith('$')),
  );
  return isEncoded ? { ...document } : JSON.parse(encodeToJson({ ...document }));
}

function describe(question: Question): string {
  return JSON.stringify(question, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}
