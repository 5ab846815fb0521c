/** A real Chromium for journeys. It comes as a dependency where there is one (Linux), and is the installed Chrome elsewhere. */
import { env, platform } from 'node:process';
import { type Browser, chromium } from 'playwright-core';

/**
 * Several processes and all web security left on: the single process that serverless hosts use would let requests pass
 * that a real browser refuses.
 */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a headless browser. `BROWSER_PATH` names another one to use. Close it when done. */
export async function launchBrowser(): Promise<Browser> {
  const chosen = env['BROWSER_PATH'];
  if (chosen !== undefined) return chromium.launch({ executablePath: chosen, args: flags });
  if (platform !== 'linux') return chromium.launch({ channel: 'chrome', args: flags });
  const { default: packed } = await import('@sparticuz/chromium');
  return chromium.launch({ executablePath: await packed.executablePath(), args: flags });
}
