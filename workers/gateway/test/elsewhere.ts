/** What journeys of projects on databases elsewhere do alike. */
import { createClient } from '@betterbase/client';
import { type FunctionReference, makeFunctionReference } from '@betterbase/core';
import { testApp } from './test-app.ts';

type Mutate = (kind: 'mutation', path: string, args: { readonly list: string; readonly text: string }) => Promise<unknown>;

export const listItems: FunctionReference<'query', 'public', { list: string }, string[]> = makeFunctionReference('items:list');

/** The test app with a new field that has a default. */
export const grownApp = testApp
  .replace('text: v.string() })', 'text: v.string(), done: v.boolean().default(false) })')
  .replace("insert('items', { list, text })", "insert('items', { list, text, done: false })");

/** Watches the list `live` over a socket while others write to it twice. Returns what was seen last. */
export async function watchOthersWrite(projectUrl: string, call: Mutate): Promise<readonly string[] | undefined> {
  const client = createClient({ url: projectUrl });
  const seen: string[][] = [];
  const grown = new Promise<void>((resolve) => {
    client.watch(listItems, { list: 'live' }, (shown) => {
      if (shown !== undefined) seen.push([...shown]);
      if (shown?.length === 2) resolve();
    });
  });
  await call('mutation', 'items:add', { list: 'live', text: 'first' });
  await call('mutation', 'items:add', { list: 'live', text: 'second' });
  await grown;
  client.close();
  return seen.at(-1);
}
