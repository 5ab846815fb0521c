/** The platform as `bb dev` runs it, and the app as it is deployed. */
import { join } from 'node:path';
import { freePort, Program } from '@betterbase/testing/process';
import type { Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';

const root = join(import.meta.dirname, '..');
const launcher = join(root, '../../packages/cli/bin/bb.js');

export interface Stage {
  /** Where the app is. Passkeys are made for names, not for addresses. */
  readonly url: string;
  /** Waits until `bb dev` has printed this. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

/** @param state a folder for all that is kept */
export async function startStage(state: string): Promise<Stage> {
  const backend = new Program(process.execPath, [
    launcher,
    'dev',
    root,
    '--port',
    String(await freePort()),
    '--state',
    join(state, 'backend'),
  ]);
  const [, url = ''] = await backend.until(/^ready (http:\S+)/m);
  const settings = ['passkey_enabled=true', 'passkey_sign_up_enabled=true', 'otp_enabled=true'];
  const set = new Program(process.execPath, [launcher, 'auth', 'set', ...settings, '--app', root, '--state', join(state, 'backend')]);
  await set.until(/otp_enabled = true/);
  const outDir = join(state, 'app');
  process.env['VITE_BETTERBASE_URL'] = url.replace('127.0.0.1', 'localhost');
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const app: PreviewServer = await preview({
    root,
    logLevel: 'warn',
    build: { outDir },
    preview: { port: await freePort(), strictPort: true, host: 'localhost' },
  });
  return {
    url: app.resolvedUrls?.local[0] ?? '',
    until: (pattern) => backend.until(pattern),
    stop: async () => {
      await app.close();
      await backend.kill();
    },
  };
}

/** Kept in `.artifacts/notes`. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(root, '../../.artifacts/notes', `${name}.png`), animations: 'disabled' });
}
