/**
 * Two people in two real browsers, on the platform as `bb dev` runs it.
 *
 * The steps build on each other, as an evening in a chat does. Screenshots are kept in `.artifacts/chat`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, Page } from 'playwright-core';
import type { PreviewServer } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Backend } from './test/backend';
import { enter, message, picture, say, serveApp } from './test/people';

/** Starting again takes the backend some seconds. */
const patience = 20_000;

describe('two people in the chat', () => {
  let state: string;
  let backend: Backend;
  let app: PreviewServer;
  let browser: Browser;
  let ada: Page;
  let ben: Page;
  const crashes: string[] = [];

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'chat-journey-'));
    backend = await Backend.start(join(state, 'backend'));
    app = await serveApp(backend.url, join(state, 'app'));
    browser = await launchBrowser();
    ada = await newPerson('light');
    ben = await newPerson('dark');
  });

  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await backend?.kill();
    await rm(state, { recursive: true, force: true });
  });

  // Each step starts where the one before it ended: after a failure there is nothing to learn from the rest.
  let hasFailed = false;
  beforeEach((context) => context.skip(hasFailed, 'an earlier step failed'));
  afterEach(async (context) => {
    if (hasFailed || context.task.result?.state !== 'fail') return;
    hasFailed = true;
    console.error([...crashes, backend.output].join('\n'));
    for (const [name, page] of Object.entries({ ada, ben })) if (!page.isClosed()) await picture(page, `failed-${name}`);
  });

  test('a newcomer says who they are and opens the first channel', async () => {
    await picture(ada, 'welcome');
    await enter(ada, 'Ada Lovelace');
    await ada.getByRole('heading', { name: 'It is quiet in here' }).waitFor();
    await picture(ada, 'first-channel');

    await ada.getByRole('button', { name: 'Open' }).click();

    await ada.getByRole('heading', { name: 'general' }).waitFor();
    await ada.getByText('1 here', { exact: true }).waitFor();
  });

  test('a second person finds the channel, and both see two members', async () => {
    await enter(ben, 'Ben');

    await ben.getByText('2 here', { exact: true }).waitFor();
    await ada.getByText('2 here', { exact: true }).waitFor();
  });

  test('a name nobody can have is refused with the reason, and nothing is opened', async () => {
    await ada.getByRole('button', { name: 'New channel' }).click();
    await ada.getByRole('textbox', { name: 'Name of the new channel' }).fill('no / slashes');
    await ada.keyboard.press('Enter');

    await ada.getByText('A channel name is made of letters, digits and dashes.').waitFor();
    expect(await ada.getByRole('navigation', { name: 'Channels' }).getByRole('link').count()).toBe(1);
    await ada.keyboard.press('Escape');
  });

  test('what one writes appears in the other tab without a reload', async () => {
    await say(ada, 'Good evening! Is anybody here?');
    await message(ben, 'Good evening! Is anybody here?').waitFor();

    await say(ben, 'I am. It is a quiet night.');
    await message(ada, 'I am. It is a quiet night.').waitFor();
  });

  test('the author edits a message in place, and the other sees the new words', async () => {
    await ada.getByRole('textbox', { name: 'Message to #general' }).press('ArrowUp');
    const editor = ada.getByRole('textbox', { name: 'Edit your message' });
    await editor.fill('Good evening! Who is here?');
    await picture(ada, 'editing');

    await editor.press('Enter');

    await message(ben, 'Good evening! Who is here?').waitFor();
    await ben.getByText('edited', { exact: true }).waitFor();
    expect(await message(ben, 'Is anybody here?').count()).toBe(0);
  });

  test('Escape leaves the message as it was', async () => {
    await ada.getByRole('textbox', { name: 'Message to #general' }).press('ArrowUp');
    await ada.getByRole('textbox', { name: 'Edit your message' }).fill('Never mind');

    await ada.keyboard.press('Escape');

    await message(ada, 'Good evening! Who is here?').waitFor();
    expect(await ada.getByRole('textbox', { name: 'Edit your message' }).count()).toBe(0);
  });

  test("nobody can edit another's message, in the app or past it", async () => {
    expect(await ben.getByRole('button', { name: /^Edit “/ }).count()).toBe(1);
    const adas = (await backend.export('general')).find((each) => each.author.name === 'Ada Lovelace');
    const bensKeys = await readKeys(ben);
    const adasKey = { ...(await readKeys(ada)), secret: bensKeys.secret };

    const asBen = await editOverHttp(bensKeys, adas?.id);
    const asAda = await editOverHttp(adasKey, adas?.id);

    expect(asBen).toMatchObject({ status: 'error', errorData: 'Only the person who wrote a message can change it.' });
    expect(asAda).toMatchObject({ status: 'error', errorData: 'That name belongs to another browser.' });
    expect(await texts()).toEqual(['Good evening! Who is here?', 'I am. It is a quiet night.']);
  });

  test('no secret ever reaches a browser that did not make it', async () => {
    const { secret } = await readKeys(ada);

    expect(JSON.stringify(await backend.export('general'))).not.toContain(secret);
    expect(await backend.call('query', 'queries/members:here', { channel: await channelId() })).not.toContain(secret);
  });

  test('when the backend dies, the app says so and keeps what is written', async () => {
    for (const text of ['Just before one', 'Just before two', 'Just before three']) await say(ada, text);
    await backend.kill();

    await ada.getByText('Reconnecting…').waitFor();
    await ben.getByText('Reconnecting…').waitFor();
    await say(ada, 'Written while nobody listened');

    const waiting = message(ada, 'Written while nobody listened');
    await waiting.getByText('sending…').waitFor();
    expect(await message(ben, 'Written while nobody listened').count()).toBe(0);
    await picture(ada, 'reconnecting');
  });

  test('when it is back, everything written meanwhile arrives exactly once, in order', async () => {
    await backend.startAgain();

    await message(ben, 'Written while nobody listened').waitFor();
    await ada.getByText('Reconnecting…').waitFor({ state: 'hidden' });
    await ada.getByText('sending…').waitFor({ state: 'detached' });

    const written = [
      'Good evening! Who is here?',
      'I am. It is a quiet night.',
      'Just before one',
      'Just before two',
      'Just before three',
      'Written while nobody listened',
    ];
    expect(await texts()).toEqual(written);
    for (const person of [ada, ben]) for (const text of written) expect(await message(person, text).count()).toBe(1);
  });

  test('when only the runtime dies, bb dev brings it back by itself and nothing is lost', async () => {
    await say(ada, 'Did you notice that?');
    backend.killRuntime();
    await say(ada, 'I did not, either.');

    await message(ben, 'I did not, either.').waitFor();
    await ada.getByText('sending…').waitFor({ state: 'detached' });

    expect((await texts()).slice(-2)).toEqual(['Did you notice that?', 'I did not, either.']);
  });

  test('both are still counted after the outages', async () => {
    await ada.getByText('2 here', { exact: true }).waitFor();
    await ben.getByText('2 here', { exact: true }).waitFor();
  });

  test('a changed name is the new name everywhere', async () => {
    await ben.getByRole('button', { name: 'Ben' }).click();
    await ben.getByRole('textbox', { name: 'Your name' }).fill('Benjamin');
    await ben.keyboard.press('Enter');

    await ada.getByRole('log').getByText('Benjamin').first().waitFor();
  });

  test('web addresses become links, and text that looks like HTML stays text', async () => {
    await say(ada, 'The notes are at https://example.com/notes/412, <b>read them</b> when you can.');

    const link = ben.getByRole('link', { name: 'https://example.com/notes/412', exact: true });
    expect(await link.getAttribute('href')).toBe('https://example.com/notes/412');
    await message(ben, '<b>read them</b> when you can.').waitFor();
    await say(ben, 'Will do. Tomorrow, though: it is late here.');
    await message(ada, 'Tomorrow, though').waitFor();
    await picture(ada, 'conversation-light');
    await picture(ben, 'conversation-dark');
  });

  test('a reader far up is left in peace and told what is new', async () => {
    for (let line = 1; line <= 30; line += 1) await say(ada, `Line ${line} of a longer story.`);
    await message(ben, 'Line 30 of a longer story.').waitFor();
    await ben.getByRole('log').evaluate((log) => log.scrollTo({ top: 0 }));
    await ben.getByRole('button', { name: 'Newest' }).waitFor();

    await say(ada, 'And this is the end of it.');

    await ben.getByRole('button', { name: '1 new message' }).waitFor();
    await picture(ben, 'scrolled-up');
    await ben.getByRole('button', { name: '1 new message' }).click();
    await expectInView(ben, 'And this is the end of it.');
  });

  test('who comes back sees the newest fifty messages, and no more are loaded', async () => {
    for (let line = 31; line <= 50; line += 1) await say(ada, `Line ${line} of a longer story.`);
    await message(ben, 'Line 50 of a longer story.').waitFor();

    await ben.reload();
    await message(ben, 'Line 50 of a longer story.').waitFor();

    expect(await ben.getByRole('log').getByRole('listitem').count()).toBe(50);
    expect(await message(ben, 'Good evening! Who is here?').count()).toBe(0);
    await expectInView(ben, 'Line 50 of a longer story.');
  });

  test('scrolling up loads what is older, and what was being read stays where it is', async () => {
    const read = 'Line 3 of a longer story.';
    const before = await ben.getByRole('log').evaluate((log, text) => {
      log.scrollTo({ top: 0 });
      const rows = [...log.querySelectorAll('li')];
      return rows.find((row) => row.textContent.includes(text))?.getBoundingClientRect().top;
    }, read);

    await message(ben, 'Good evening! Who is here?').waitFor({ state: 'attached' });

    const after = await message(ben, read).evaluate((row) => row.getBoundingClientRect().top);
    expect(Math.abs(after - (before ?? 0))).toBeLessThan(4);
    await picture(ben, 'older-messages');
    expect(await ben.getByRole('log').getByRole('listitem').allInnerTexts()).toHaveLength((await texts()).length);
    expect(await ben.getByRole('button', { name: 'Older messages' }).count()).toBe(0);
  });

  test('a message that comes while older ones are on screen is there once', async () => {
    await say(ada, 'Still there?');

    await ben.getByRole('button', { name: '1 new message' }).click();
    await expectInView(ben, 'Still there?');
    expect(await message(ben, 'Still there?').count()).toBe(1);
  });

  test('on a phone the channels and the channel are two screens', async () => {
    await ben.setViewportSize({ width: 390, height: 780 });
    await ben.getByRole('link', { name: 'All channels' }).click();
    await ben.getByRole('heading', { name: 'Channels' }).waitFor();
    await picture(ben, 'phone-channels');

    await ben.getByRole('link', { name: /general/ }).click();

    await ben.getByRole('textbox', { name: 'Message to #general' }).waitFor();
    await picture(ben, 'phone-channel');
  });

  test('nothing broke in either browser all the while', () => {
    expect(crashes).toEqual([]);
  });

  test('who closes the tab is no longer counted', async () => {
    await ben.close({ runBeforeUnload: true });

    await ada.getByText('1 here', { exact: true }).waitFor();
  });

  async function newPerson(colorScheme: 'light' | 'dark'): Promise<Page> {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1180, height: 760 } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    page.on('pageerror', (error) => crashes.push(error.message));
    await page.goto(app.resolvedUrls?.local[0] ?? '');
    return page;
  }

  async function texts(): Promise<readonly string[]> {
    return (await backend.export('general')).map((message) => message.text);
  }

  async function channelId(): Promise<string> {
    const answer: { value: { id: string }[] } = JSON.parse(await backend.call('query', 'queries/channels:list', {}));
    return answer.value[0]?.id ?? '';
  }

  async function editOverHttp(me: Keys, id: string | undefined): Promise<unknown> {
    return JSON.parse(await backend.call('mutation', 'mutations/messages:edit', { me, message: id, text: 'Not my words' }));
  }
});

interface Keys {
  readonly key: string;
  readonly secret: string;
}

async function expectInView(page: Page, text: string): Promise<void> {
  const bottom = await message(page, text).evaluate((row) => row.getBoundingClientRect().bottom);
  const log = await page.getByRole('log').evaluate((box) => box.getBoundingClientRect().bottom);
  expect(bottom).toBeLessThanOrEqual(log);
}

async function readKeys(person: Page): Promise<Keys> {
  const stored: Keys = JSON.parse(await person.evaluate(() => localStorage.getItem('chat:me') ?? '{}'));
  return { key: stored.key, secret: stored.secret };
}
