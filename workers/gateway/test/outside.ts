/** What journeys do with another program that writes to a project's database by the vendor's own driver. */
import { createClient } from '@betterbase/client';
import { expect } from 'vitest';
import { listItems } from './elsewhere.ts';
import { adminKey, type LocalPlatform } from './local-platform.ts';

export interface Stranger {
  readonly platform: LocalPlatform;
  /** Runs one statement in the project's database, past the platform. */
  readonly write: (sql: string) => Promise<unknown>;
}

/** The project `chat` has the test app, and looks every second. */
export async function watchAStranger({ platform, write }: Stranger): Promise<void> {
  const invalidate = (key: string) => platform.post('/p/chat/invalidate', {}, { authorization: `Bearer ${key}` });
  const list = async (): Promise<unknown> =>
    (await platform.post('/p/chat/api/query', { path: 'items:list', args: { list: 'outside' } })).body.value;
  const client = createClient({ url: `${platform.url}/p/chat` });
  const seen: string[][] = [];
  let wanted = '';
  let found = (): void => {};
  const shows = (texts: string): Promise<void> => {
    wanted = texts;
    return new Promise((resolve) => {
      found = () => {
        if (seen.at(-1)?.join() === wanted) resolve();
      };
      found();
    });
  };
  client.watch(listItems, { list: 'outside' }, (shown) => {
    if (shown === undefined) return;
    seen.push([...shown]);
    found();
  });
  await shows('');

  // Somebody says so.
  await write("INSERT INTO items (list, text) VALUES ('outside', 'by hand')");
  expect((await platform.post('/p/chat/invalidate', {})).status).toBe(401);
  expect((await invalidate(`${adminKey}x`)).status).toBe(401);
  expect(await invalidate(adminKey)).toEqual({ status: 200, body: { changed: 1, refused: 0 } });
  await shows('by hand');

  // Nobody does.
  await write("UPDATE items SET text = 'changed' WHERE list = 'outside'");
  await shows('changed');
  await write("INSERT INTO items (list, text) VALUES ('outside', NULL), ('outside', 'more')");
  await shows('changed,more');
  expect(seen.every((texts) => !texts.includes('null'))).toBe(true);
  client.close();

  // Nobody watches either, and the answer is in memory.
  expect(await list()).toEqual(['changed', 'more']);
  await write("DELETE FROM items WHERE list = 'outside'");
  await expect.poll(list, { timeout: 5_000, interval: 300 }).toEqual([]);
}
