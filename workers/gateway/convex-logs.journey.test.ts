/** What functions print, at Convex's clients. */
import { ConvexClient, ConvexHttpClient } from 'convex/browser';
import { anyApi, type FunctionReference } from 'convex/server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';

const app = `
import { action, mutation, query, v } from './runtime.js';
const handler = (what) => async () => { console.log(what, { n: 1 }); console.warn('careful'); return 1; };
const prints = {
  query: query({ args: {}, handler: handler('asked') }),
  mutation: mutation({ args: {}, handler: handler('changed') }),
  action: action({ args: {}, handler: handler('acted') }),
  quiet: query({ args: {}, handler: async () => 1 }),
  fails: mutation({ args: {}, handler: async () => { console.error('about to fail'); throw new Error('no'); } }),
};
export const modules = { prints };
`;

type Plain<Kind extends 'query' | 'mutation' | 'action'> = FunctionReference<Kind, 'public', Record<string, never>, number>;

const { prints } = anyApi as unknown as {
  readonly prints: {
    readonly query: Plain<'query'>;
    readonly mutation: Plain<'mutation'>;
    readonly action: Plain<'action'>;
    readonly quiet: Plain<'query'>;
    readonly fails: Plain<'mutation'>;
  };
};

/** A client's logger that keeps what it is given. */
class Console {
  readonly lines: string[] = [];
  readonly log = (...words: unknown[]): void => void this.lines.push(words.filter((word) => !String(word).startsWith('color')).join(' '));
  readonly warn = this.log;
  readonly error = this.log;
  readonly logVerbose = (): void => {};
}

describe.each([
  { where: 'in development', vars: { BB_DEV: '1' }, isTold: true },
  { where: 'in production', vars: {}, isTold: false },
])('$where', ({ vars, isTold }) => {
  let platform: LocalPlatform;
  beforeAll(async () => {
    platform = await startLocalPlatform({ host: 'loader', vars });
    await platform.deploy('app', app);
  });
  afterAll(() => platform.stop());

  async function use(way: 'socket' | 'http'): Promise<Console> {
    const logger = new Console();
    const url = `${platform.url}/p/app`;
    const webSocketConstructor = WebSocket as unknown as typeof globalThis.WebSocket;
    const live = new ConvexClient(url, { webSocketConstructor, logger });
    onTestFinished(() => live.close());
    const client = way === 'socket' ? live : new ConvexHttpClient(url, { logger });
    await client.query(prints.query, {});
    await client.query(prints.quiet, {});
    await client.mutation(prints.mutation, {});
    await client.action(prints.action, {});
    await client.mutation(prints.fails, {}).catch(() => {});
    return logger;
  }

  test.each(['socket', 'http'] as const)(`a client prints what functions printed: ${isTold} (%s)`, async (way) => {
    const { lines } = await use(way);
    const told = lines.filter((line) => line.startsWith('%c')).map((line) => line.slice(2));
    const both = (source: string, what: string): string[] => [
      `[CONVEX ${source}] [LOG] ${what} {"n":1}`,
      `[CONVEX ${source}] [WARN] careful`,
    ];
    expect(told).toEqual(
      isTold
        ? [
            ...both('Q(prints:query)', 'asked'),
            ...both('M(prints:mutation)', 'changed'),
            ...both('A(prints:action)', 'acted'),
            '[CONVEX M(prints:fails)] [ERROR] about to fail',
          ]
        : [],
    );
  });
});
