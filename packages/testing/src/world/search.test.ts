import {
  type AnyValue,
  defineSchema,
  defineTable,
  mutation,
  type PaginationResult,
  paginationOptsValidator,
  query,
  v,
  type Value,
} from '@betterbase/core';
import { describe, expect, test } from 'vitest';
import { TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({
  messages: defineTable({ text: v.string(), room: v.string(), votes: v.optional(v.number()) }).searchIndex('by_text', {
    searchField: 'text',
    filterFields: ['room'],
  }),
  articles: defineTable({ title: v.fullText(), body: v.fullText() }),
  plain: defineTable({ text: v.string() }),
});

const texts = (documents: readonly { readonly text: string }[]): string[] => documents.map(({ text }) => text);
type Page = PaginationResult<string>;
let runs = 0;
const messages = {
  search: query({
    args: { text: v.string(), room: v.string(), count: v.number() },
    handler: async ({ db }, { text, room, count }) => {
      runs++;
      return texts(
        await db
          .query('messages')
          .withSearchIndex('by_text', (q) => q.search('text', text).eq('room', room))
          .take(count),
      );
    },
  }),
  popular: query({
    args: { text: v.string() },
    handler: async ({ db }, { text }) =>
      texts(
        await db
          .query('messages')
          .withSearchIndex('by_text', (q) => q.search('text', text))
          .filter((q) => q.gt(q.field('votes'), 1))
          .collect(),
      ),
  }),
  first: query({
    args: { text: v.string() },
    handler: ({ db }, { text }) =>
      db
        .query('messages')
        .withSearchIndex('by_text', (q) => q.search('text', text))
        .first(),
  }),
  all: query({
    args: { text: v.string() },
    handler: async ({ db }, { text }) =>
      (
        await db
          .query('messages')
          .withSearchIndex('by_text', (q) => q.search('text', text))
          .collect()
      ).length,
  }),
  each: query({
    args: {},
    handler: async ({ db }) => {
      const found: string[] = [];
      for await (const { text } of db.query('messages').withSearchIndex('by_text', (q) => q.search('text', 'hello'))) found.push(text);
      return found;
    },
  }),
  page: query({
    args: { text: v.string(), least: v.number(), paginationOpts: paginationOptsValidator },
    handler: async ({ db }, { text, least, paginationOpts }) => {
      const found = db.query('messages').withSearchIndex('by_text', (q) => q.search('text', text));
      const { page, ...rest } = await found.filter((q) => q.gte(q.field('votes'), least)).paginate(paginationOpts);
      return { page: texts(page), ...rest };
    },
  }),
  simple: query({
    args: { table: v.string(), text: v.string(), options: v.any() },
    handler: ({ db }, { table, text, options }) => db.search(table, text, options),
  }),
  wrong: query({
    args: { how: v.string() },
    handler: async ({ db }, { how }) => {
      const start = db.query('messages');
      switch (how) {
        case 'order':
          // Types say no to it, so it takes a query of any kind to try.
          return await (start as AnyValue)
            .withSearchIndex('by_text', (q: AnyValue) => q.search('text', 'x'))
            .order('asc')
            .collect();
        case 'field':
          return await start.withSearchIndex('by_text', (q) => q.search('room', 'x')).collect();
        case 'filter':
          return await start.withSearchIndex('by_text', (q) => q.search('text', 'x').eq('votes', 1)).collect();
        case 'filter twice':
          return await start.withSearchIndex('by_text', (q) => q.search('text', 'x').eq('room', 'a').eq('room', 'b')).collect();
        case 'index':
          return await start.withSearchIndex('by_room', (q) => q.search('text', 'x')).collect();
        case 'returned':
          return start.withSearchIndex('by_text', (q) => q.search('text', 'x')) as unknown as Value;
        default: {
          const search = start.withSearchIndex('by_text', (q) => q.search('text', 'x'));
          await search.collect();
          return await search.collect();
        }
      }
    },
  }),
  add: mutation({
    args: { text: v.string(), room: v.string(), votes: v.optional(v.number()) },
    handler: ({ db }, message) => db.insert('messages', message),
  }),
  addMany: mutation({
    args: { count: v.number() },
    handler: async ({ db }, { count }) => {
      for (let number = 0; number < count; number++) await db.insert('messages', { text: `hello ${number}`, room: 'a' });
    },
  }),
  addArticle: mutation({ args: { title: v.string(), body: v.string() }, handler: ({ db }, article) => db.insert('articles', article) }),
  patch: mutation({ args: { id: v.id('messages'), change: v.any() }, handler: ({ db }, { id, change }) => db.patch(id, change) }),
  addAndSearch: mutation({
    args: { text: v.string() },
    handler: async ({ db }, { text }) => {
      await db.insert('messages', { text, room: 'a' });
      const found = await db
        .query('messages')
        .withSearchIndex('by_text', (q) => q.search('text', text))
        .collect();
      return texts(found);
    },
  }),
};
const start = (): Promise<TestEngine> =>
  TestEngine.start({ app: { modules: { messages }, schema }, store: testStore(), isDevelopment: false });

async function filled(
  ...all: readonly (readonly [text: string, room: string, votes?: number])[]
): Promise<{ readonly engine: TestEngine; readonly ids: string[] }> {
  const engine = await start();
  const ids: string[] = [];
  for (const [text, room, votes] of all)
    ids.push(String(valueOf(await engine.mutation('messages:add', { text, room, ...(votes === undefined ? {} : { votes }) }))));
  return { engine, ids };
}

const ask = async (engine: TestEngine, path: string, args: Value = {}): Promise<Value> =>
  valueOf(await engine.query(`messages:${path}`, args));
const codeOf = async (engine: TestEngine, path: string, args: Value): Promise<string> => {
  const outcome = await engine.query(`messages:${path}`, args);
  return outcome.ok ? 'ok' : outcome.error.code;
};

describe('a search', () => {
  test('gives the best matches of the filtered documents', async () => {
    const { engine } = await filled(
      ['hello world', 'a'],
      ['hello hello', 'a'],
      ['hello', 'b'],
      ['good bye', 'a'],
      ['tea', 'a'],
      ['milk', 'a'],
      ['wine', 'a'],
    );

    expect(await ask(engine, 'search', { text: 'hel', room: 'a', count: 5 })).toEqual(['hello hello', 'hello world']);
    expect(await ask(engine, 'search', { text: 'hel', room: 'a', count: 1 })).toEqual(['hello hello']);
    expect(await ask(engine, 'search', { text: ' ', room: 'a', count: 5 })).toEqual([]);
    expect(await ask(engine, 'first', { text: 'bye' })).toMatchObject({ text: 'good bye' });
    expect(await ask(engine, 'each')).toHaveLength(3);
  });

  test('is filtered after its best 1024 matches are known', async () => {
    const { engine } = await filled(['hello a', 'a', 1], ['hello b', 'a', 2], ['hello c', 'b']);

    expect(await ask(engine, 'popular', { text: 'hello' })).toEqual(['hello b']);
  });

  test('refuses to collect more than 1024 documents', async () => {
    const engine = await start();
    valueOf(await engine.mutation('messages:addMany', { count: 1_024 }));
    const before = await ask(engine, 'all', { text: 'hello' });
    valueOf(await engine.mutation('messages:addMany', { count: 1 }));

    expect(before).toBe(1_024);
    expect(await codeOf(engine, 'all', { text: 'hello' })).toBe('limit/search-results');
    expect(await ask(engine, 'search', { text: 'hello', room: 'a', count: 2_000 })).toHaveLength(1_024);
  });

  test("sees the mutation's own writes", async () => {
    const { engine } = await filled(['hello', 'a']);

    expect(valueOf(await engine.mutation('messages:addAndSearch', { text: 'hello you' }))).toHaveLength(2);
  });

  test('comes in pages, by relevance, filtered', async () => {
    const all = ['hello hello hello', 'hello hello', 'hello', 'hello you', 'hello you all'];
    const { engine } = await filled(
      ...all.map((text, votes) => [text, 'a', votes] as const),
      ['tea', 'a'],
      ['milk', 'a'],
      ['wine', 'a'],
      ['beer', 'a'],
      ['water', 'a'],
      ['juice', 'a'],
    );
    const pages = async (least: number): Promise<string[][]> => {
      const read: string[][] = [];
      for (let cursor: string | null = null, isDone = false; !isDone; ) {
        const result = (await ask(engine, 'page', { text: 'hello', least, paginationOpts: { numItems: 2, cursor } })) as unknown as Page;
        read.push(result.page);
        ({ continueCursor: cursor, isDone } = result);
      }
      return read;
    };

    expect(await pages(0)).toEqual([['hello hello hello', 'hello hello'], ['hello', 'hello you'], ['hello you all']]);
    expect(await pages(3)).toEqual([['hello you', 'hello you all']]);
    const first = (await ask(engine, 'page', {
      text: 'hello',
      least: 0,
      paginationOpts: { numItems: 2, cursor: null },
    })) as unknown as Page;
    expect(await codeOf(engine, 'page', { text: 'tea', least: 0, paginationOpts: { numItems: 2, cursor: first.continueCursor } })).toBe(
      'query/bad-cursor',
    );
  });

  test.each([
    ['order', 'query/used-twice'],
    ['twice', 'query/used-twice'],
    ['field', 'query/bad-search'],
    ['filter', 'query/bad-search'],
    ['filter twice', 'query/bad-search'],
    ['index', 'index/not-found'],
    ['returned', 'query/not-collected'],
  ])('that is wrong in its %s is refused with %s', async (how, code) => {
    expect(await codeOf(await start(), 'wrong', { how })).toBe(code);
  });
});

describe('ctx.db.search', () => {
  test('searches every full-text field of a table, and one index if it is named', async () => {
    const engine = await start();
    const [first, second] = [
      valueOf(await engine.mutation('messages:addArticle', { title: 'Tea', body: 'leaves' })),
      valueOf(await engine.mutation('messages:addArticle', { title: 'Trees', body: 'leaves and tea' })),
    ];
    const ids = async (options: Value): Promise<Value[]> =>
      ((await ask(engine, 'simple', { table: 'articles', text: 'tea', options })) as { _id: string }[]).map(({ _id }) => _id);

    expect(new Set(await ids({}))).toEqual(new Set([first, second]));
    expect(await ids({ limit: 1 })).toHaveLength(1);
    expect(await ids({ index: 'search_title' })).toEqual([first]);
    expect(await ids({ index: 'search_body' })).toEqual([second]);
  });

  test('says what is missing', async () => {
    const engine = await start();

    expect(await codeOf(engine, 'simple', { table: 'plain', text: 'x', options: {} })).toBe('query/bad-search');
    expect(await codeOf(engine, 'simple', { table: 'messages', text: 'x', options: { limit: 0 } })).toBe('query/bad-search');
    expect(await codeOf(engine, 'simple', { table: 'messages', text: 'x', options: { index: 'by_room' } })).toBe('index/not-found');
  });
});

describe('a watched search', () => {
  async function watched(): Promise<{
    readonly engine: TestEngine;
    readonly ids: string[];
    reruns(path: string, args: Value): Promise<number>;
  }> {
    const { engine, ids } = await filled(['hello world', 'a'], ['other', 'a'], ['hello', 'b']);
    await engine.turn([
      { do: 'query', query: 1, call: engine.call('messages:search', { text: 'bye hel', room: 'a', count: 5 }), pinned: true },
    ]);
    const reruns = async (path: string, args: Value): Promise<number> => {
      const before = runs;
      valueOf(await engine.mutation(`messages:${path}`, args));
      return runs - before;
    };
    return { engine, ids, reruns };
  }

  test('runs again when a document that it finds comes, changes or goes', async () => {
    const { ids, reruns } = await watched();
    const [found, other, elsewhere] = ids;

    expect(await reruns('add', { text: 'good bye', room: 'a' })).toBe(1);
    expect(await reruns('add', { text: 'helium', room: 'a' })).toBe(1);
    expect(await reruns('patch', { id: other ?? '', change: { text: 'Bye!' } })).toBe(1);
    expect(await reruns('patch', { id: found ?? '', change: { votes: 3 } })).toBe(1);
    expect(await reruns('patch', { id: found ?? '', change: { room: 'b' } })).toBe(1);
    expect(await reruns('patch', { id: elsewhere ?? '', change: { room: 'a' } })).toBe(1);
  });

  test('does not run again for other terms, nor for other filter values', async () => {
    const { ids, reruns } = await watched();
    const [, other, elsewhere] = ids;

    expect(await reruns('add', { text: 'byes and he', room: 'a' })).toBe(0);
    expect(await reruns('add', { text: 'hello', room: 'c' })).toBe(0);
    expect(await reruns('patch', { id: other ?? '', change: { votes: 3 } })).toBe(0);
    expect(await reruns('patch', { id: elsewhere ?? '', change: { text: 'hello hello' } })).toBe(0);
  });

  test('is forgotten with its query', async () => {
    const { engine, reruns } = await watched();
    await engine.turn([{ do: 'forget', query: 1 }]);

    expect(await reruns('add', { text: 'hello', room: 'a' })).toBe(0);
  });
});
