/** What people do in the chat, in a real browser. */
import { join } from 'node:path';
import { freePort } from '@betterbase/testing/process';
import type { Locator, Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';

const root = join(import.meta.dirname, '..');

/** The app as it is deployed, for a backend at `url`. */
export async function serveApp(url: string, outDir: string): Promise<PreviewServer> {
  process.env['VITE_BETTERBASE_URL'] = url;
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  return preview({ root, logLevel: 'warn', build: { outDir }, preview: { port: await freePort(), strictPort: true } });
}

export async function enter(person: Page, name: string): Promise<void> {
  await person.getByRole('textbox', { name: 'What should others call you?' }).fill(name);
  await person.getByRole('button', { name: 'Start chatting' }).click();
}

export async function say(person: Page, text: string): Promise<void> {
  const box = person.getByRole('textbox', { name: 'Message to #general' });
  await box.fill(text);
  await box.press('Enter');
}

export function message(page: Page, text: string): Locator {
  return page.getByRole('log').getByRole('listitem').filter({ hasText: text });
}

/** Kept in `.artifacts/chat`. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(root, '../../.artifacts/chat', `${name}.png`), animations: 'disabled' });
}
