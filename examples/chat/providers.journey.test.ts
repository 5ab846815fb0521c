/** The same chat, its documents in one place after the other: one option of `bb dev` each, and no account for any. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Backend } from './test/backend';
import { enter, message, picture, say, serveApp } from './test/people';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser.close());

test.each(['embedded', 'd1', 'turso', 'neon'])('two tabs talk to each other over %s', async (provider) => {
  const state = await mkdtemp(join(tmpdir(), `chat-${provider}-`));
  onTestFinished(() => rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const backend = await Backend.start(join(state, 'backend'), ['--provider', provider]);
  onTestFinished(() => backend.kill());
  const app = await serveApp(backend.url, join(state, 'app'));
  onTestFinished(() => app.close());
  const crashes: string[] = [];
  const newPerson = async (name: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1180, height: 760 } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.on('pageerror', (error) => crashes.push(error.message));
    await page.goto(app.resolvedUrls?.local[0] ?? '');
    await enter(page, name);
    return page;
  };

  const ada = await newPerson('Ada Lovelace');
  await ada.getByRole('button', { name: 'Open' }).click();
  const ben = await newPerson('Ben');
  await ada.getByText('2 here', { exact: true }).waitFor();
  await say(ada, `Good evening from ${provider}!`);
  await message(ben, `Good evening from ${provider}!`).waitFor();
  await say(ben, 'It is a quiet night.');
  await message(ada, 'It is a quiet night.').waitFor();
  await ada.getByText('sending…').waitFor({ state: 'detached' });
  await picture(ada, `provider-${provider}`);
  expect(backend.output).not.toContain('✖');
  expect((await backend.export('general')).map(({ text }) => text)).toEqual([`Good evening from ${provider}!`, 'It is a quiet night.']);
  expect(crashes).toEqual([]);
});
