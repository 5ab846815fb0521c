/** A page made with `convex/react`, in a real browser, on the real platform, over a network that breaks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageApp, serveConvexPage } from './test/convex-page.ts';
import { KillablePlatform } from './test/killable-platform.ts';
import { Network } from './test/network.ts';

let state: string;
let platform: KillablePlatform;
let network: Network;
let site: { readonly url: string; readonly close: () => void };
let browser: Browser;
let page: Page;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'betterbase-convex-'));
  platform = new KillablePlatform(state);
  await platform.start();
  expect((await platform.deploy('app', pageApp)).status).toBe(201);
  network = await Network.open();
  network.leadTo(platform.url);
  site = await serveConvexPage();
  browser = await launchBrowser();
  page = await browser.newPage();
  for (const rank of [1, 2, 3, 4, 5, 6, 7, 8]) await add(rank);
  await page.goto(`${site.url}/?url=${encodeURIComponent(`${network.url}/p/app`)}`);
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  network?.close();
  await platform?.kill();
  await rm(state, { recursive: true, force: true });
});

/** As somebody else. */
async function add(rank: number): Promise<void> {
  expect((await platform.post('/p/app/api/mutation', { path: 'notes:add', args: { rank } })).body.status).toBe('success');
}

function shows(id: 'list' | 'pages', text: string): Promise<unknown> {
  return page.waitForFunction(([element, wanted]) => document.getElementById(element ?? '')?.textContent === wanted, [id, text] as const);
}

const inPage = (script: string): Promise<unknown> => page.evaluate(script);

test('queries and pages are shown, and what others do too', async () => {
  await shows('list', '1,2,3,4,5,6,7,8');
  await shows('pages', '1,2,3 CanLoadMore');
  await inPage('window.more()');
  await shows('pages', '1,2,3,4,5,6 CanLoadMore');

  await add(2.5);

  await shows('list', '1,2,2.5,3,4,5,6,7,8');
  await shows('pages', '1,2,2.5,3,4,5,6 CanLoadMore');
});

test('a guess is shown at once, and gives way to what is true without a flicker', async () => {
  await inPage('window.shown.length = 0');
  await inPage('window.add(9)');
  await shows('list', '1,2,2.5,3,4,5,6,7,8,9');

  const shown = await inPage('window.shown');
  expect(new Set(shown as string[])).toEqual(new Set(['1,2,2.5,3,4,5,6,7,8,9']));
});

test('after the network breaks, the page goes on where it was, and what was sent meanwhile is done once', async () => {
  network.cut();
  const adding = inPage('window.add(10)');
  await shows('list', '1,2,2.5,3,4,5,6,7,8,9,10');
  await add(3.5);
  await adding;

  await shows('list', '1,2,2.5,3,3.5,4,5,6,7,8,9,10');
  await shows('pages', '1,2,2.5,3,3.5,4,5,6 CanLoadMore');
});

test('when the server is killed and comes back, so does the page', async () => {
  await platform.kill();
  network.cut();
  await page.waitForFunction(() => document.getElementById('connection')?.textContent?.startsWith('false'));
  const adding = inPage('window.add(11)');
  await platform.start();
  network.leadTo(platform.url);
  await adding;

  await shows('list', '1,2,2.5,3,3.5,4,5,6,7,8,9,10,11');
  const list = await platform.post('/p/app/api/query', { path: 'notes:list', args: {} });
  expect(list.body.value).toEqual([1, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 11]);
});
