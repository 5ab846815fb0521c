import { type BetterBaseClient, createClient } from '@betterbase/client';
import {
  BetterBaseError,
  type EncodedValue,
  type FunctionReference,
  isPlainObject,
  makeFunctionReference,
  type PaginationResult,
  type Value,
} from '@betterbase/core';
import { FakeClock, FakePlatform, type ModelJournal, type ModelPage, modelPage, ModelServer } from '@betterbase/testing/fake-server';
import { act, type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onTestFinished } from 'vitest';
import { BetterBaseReactProvider } from '../src/index.ts';

export interface ListingData {
  numbers: number[];
  /** Cursors made before it changed are refused. */
  shift: number;
  isBroken: boolean;
}

type Options = { numItems: number; cursor: string | null; endCursor?: string };

/** References to the functions of an app that lists numbers. */
export const numbers: {
  readonly list: FunctionReference<'query', 'public', { sign?: 1 | -1; paginationOpts: Options }, PaginationResult<number>>;
  readonly plain: FunctionReference<
    'query',
    'public',
    { cursor: string | null; numItems: number },
    { page: number[]; isDone: boolean; cursor: string }
  >;
  readonly count: FunctionReference<'query', 'public', Record<never, never>, number>;
  readonly add: FunctionReference<'mutation', 'public', { number: number }, null>;
} = {
  list: makeFunctionReference('numbers:list'),
  plain: makeFunctionReference('numbers:plain'),
  count: makeFunctionReference('numbers:count'),
  add: makeFunctionReference('numbers:add'),
};

export interface ListingStage {
  readonly client: BetterBaseClient;
  readonly server: ModelServer<ListingData>;
  readonly platform: FakePlatform;
  text(): string;
  show(content: ReactNode): Promise<void>;
  /** Lets this happen, and then as many round trips to the server as are given. */
  during(happening: () => unknown, rounds?: number): Promise<void>;
}

/** A page in StrictMode before a server with numbers to list. */
export function createListingStage(given: readonly number[]): ListingStage {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  const clock = new FakeClock();
  const server = new ModelServer<ListingData>({
    data: { numbers: [...given], shift: 0, isBroken: false },
    queries: { 'numbers:list': readList, 'numbers:plain': readPlain, 'numbers:count': ({ numbers: all }) => all.length },
    mutations: { 'numbers:add': addNumber },
    clock,
    delay: () => 1,
  });
  const platform = new FakePlatform({ server, clock });
  const client = createClient({ url: 'https://example.test/p/numbers', platform });
  const container = document.createElement('div');
  const root = createRoot(container, { onUncaughtError: () => {}, onCaughtError: () => {} });
  const during = async (happening: () => unknown, rounds = 4): Promise<void> => {
    await act(async () => void (await happening()));
    // What React does with an answer may ask for more.
    for (let round = 0; round < rounds; round += 1) await act(() => platform.advance(20));
  };
  onTestFinished(() => during(() => root.unmount()));
  const show = (content: ReactNode): Promise<void> =>
    during(() =>
      root.render(
        <StrictMode>
          <BetterBaseReactProvider client={client}>{content}</BetterBaseReactProvider>
        </StrictMode>,
      ),
    );
  return { client, server, platform, text: () => container.textContent, show, during };
}

function readList({ numbers: all, shift, isBroken }: ListingData, args: EncodedValue, journal: ModelJournal): ModelPage {
  const { sign, paginationOpts } = isPlainObject(args) ? args : {};
  if (isBroken) throw new BetterBaseError('function/threw', 'The list is broken.');
  return modelPage(
    all.filter((number) => sign === undefined || Math.sign(number) === sign),
    paginationOpts,
    journal,
    shift,
  );
}

/** As the engine does for a function that declares `cursor` and `numItems`. */
function readPlain(data: ListingData, args: EncodedValue, journal: ModelJournal): Value {
  const { page, isDone, continueCursor } = readList(data, args, journal);
  return { page, isDone, cursor: continueCursor };
}

function addNumber({ numbers: all }: ListingData, args: EncodedValue): Value {
  const { number } = isPlainObject(args) ? args : {};
  if (typeof number === 'number') all.push(number);
  return null;
}
