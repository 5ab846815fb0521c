/**
 * Two people with notes of their own, in real browsers, on the platform as `bb dev` runs it.
 *
 * The steps build on each other. Screenshots are kept in `.artifacts/notes`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '@betterbase/testing/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { picture, type Stage, startStage } from './test/stage';

let state: string;
let stage: Stage;
let browser: Browser;
let ada: Page;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'notes-journey-'));
  stage = await startStage(state);
  browser = await launchBrowser();
  ada = await newPerson('light');
});
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
  await rm(state, { recursive: true, force: true });
});

/** With a device that has an authenticator, and asks for a finger. */
async function newPerson(colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1000, height: 720 } });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
  await page.goto(stage.url);
  return page;
}

async function write(page: Page, title: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Title' }).fill(title);
  await page.getByRole('textbox', { name: 'Note', exact: true }).fill(text);
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByRole('listitem').filter({ hasText: title }).waitFor();
}

async function signOut(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Account of ${name}` }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
}

test('a newcomer makes an account with a passkey, and writes', async () => {
  await ada.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await picture(ada, 'welcome');
  await ada.getByRole('button', { name: 'Create an account' }).click();
  await ada.getByRole('textbox', { name: 'Your name' }).fill('Ada Lovelace');
  await picture(ada, 'new-account');
  await ada.getByRole('button', { name: 'Create it with a passkey' }).click();
  await ada.getByText('Nothing yet.').waitFor();

  await write(ada, 'Analytical engine', 'Note G: the Bernoulli numbers, and what a machine may do with them.');
  await write(ada, 'Groceries', 'Tea\nInk');
  await picture(ada, 'notes');
});

test('the passkey is the way back: the page offers it by itself', async () => {
  await ada.getByRole('button', { name: 'Account of Ada Lovelace' }).click();
  await ada.getByRole('textbox', { name: 'Name of the passkey' }).fill('Her laptop');
  await ada.keyboard.press('Enter');
  await ada.getByRole('button', { name: 'Remove Her laptop' }).click();
  await ada.getByText('This is the only way into the account').waitFor();
  await picture(ada, 'account');
  await ada.getByRole('button', { name: 'Sign out' }).click();

  // Filled in by the browser, whose user always agrees here.
  await ada.getByRole('listitem').filter({ hasText: 'Groceries' }).waitFor();
  await ada.getByRole('button', { name: 'Account of Ada Lovelace' }).click();
  await ada.getByText(/used \w+/).waitFor();
  await ada.keyboard.press('Escape');
});

test('somebody else has an account with a password, and notes of their own', async () => {
  const ben = await newPerson('dark');
  await ben.getByRole('button', { name: 'Create an account' }).click();
  await ben.getByRole('textbox', { name: 'Your name' }).fill('Ben');
  await ben.getByRole('textbox', { name: 'E-mail' }).fill('ben@example.com');
  await ben.getByLabel('Password').fill('correct horse battery');
  await ben.getByRole('button', { name: 'Create the account' }).click();
  await ben.getByText('Nothing yet.').waitFor();
  await write(ben, 'Bread', 'Flour, water, time');
  expect(await ben.getByRole('listitem').count()).toBe(1);

  // Another tab is the same person, live, and leaves together with this one.
  const tab = await ben.context().newPage();
  await tab.goto(stage.url);
  await tab.getByRole('listitem').filter({ hasText: 'Bread' }).waitFor();
  await write(tab, 'Salt', 'Not too much');
  await ben.getByRole('listitem').filter({ hasText: 'Salt' }).waitFor();
  await picture(ben, 'notes-dark');
  await signOut(ben, 'Ben');
  await tab.getByRole('heading', { name: 'Welcome back' }).waitFor();
  expect(await tab.getByRole('listitem').count()).toBe(0);
  await tab.close();

  // On a device that two people share, the second sees nothing of the first.
  await ben.getByRole('textbox', { name: 'E-mail' }).fill('ben@example.com');
  await ben.getByLabel('Password').fill('wrong horse battery');
  await ben.getByRole('button', { name: 'Sign in', exact: true }).click();
  await ben.getByRole('alert').waitFor();
  await picture(ben, 'refused-dark');
  await ben.getByRole('button', { name: 'Send me a code' }).click();
  await ben.getByRole('textbox', { name: 'E-mail' }).fill('cleo@example.com');
  await ben.getByRole('button', { name: 'Send me a code' }).click();
  const [, code = ''] = await stage.until(/cleo@example\.com[^]*?\b(\d{6})\b/);
  await ben.getByRole('textbox', { name: 'The code that was sent there' }).fill(code);
  await ben.getByRole('button', { name: 'Sign in', exact: true }).click();
  await ben.getByText('Nothing yet.').waitFor();
  expect(await ben.getByRole('listitem').count()).toBe(0);
});
