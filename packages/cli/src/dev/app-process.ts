/** The app's own development server (Vite, say), run beside the platform. */
import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { BetterBaseError } from '@betterbase/core';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';
import { killTree } from './kill-tree.ts';

export interface AppProcessParts {
  readonly root: string;
  /** Where the project is served. */
  readonly url: string;
  readonly onUrl: (url: string) => void;
  readonly onOutput: (text: string) => void;
  readonly onEnd: (code: number | null) => void;
}

/** Marks everything started from here, so that an app whose "dev" script is `bb dev` does not start itself for ever. */
export const insideDevVariable = 'BETTERBASE_INSIDE_DEV';

export class AppProcess {
  readonly #child: ChildProcess;
  #isWanted = true;
  #hasUrl = false;

  constructor({ root, url, onUrl, onOutput, onEnd }: AppProcessParts) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, 'app-child.ts')], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...nodeFirst(), VITE_BETTERBASE_URL: url, [insideDevVariable]: '1' },
    });
    const hear = (chunk: Buffer): void => {
      const text = String(chunk).trimEnd();
      const address = this.#hasUrl
        ? undefined
        : /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+\S*/.exec(stripVTControlCharacters(text))?.[0];
      if (text !== '') onOutput(text);
      if (address === undefined) return;
      this.#hasUrl = true;
      onUrl(address);
    };
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
    this.#child.once('error', (error) => onOutput(error.message));
    this.#child.once('exit', (code) => {
      if (this.#isWanted) onEnd(code);
    });
  }

  stop(): void {
    this.#isWanted = false;
    if (this.#child.pid !== undefined && this.#child.exitCode === null) killTree(this.#child.pid);
  }
}

/** @throws BetterBaseError `usage/bad-option` */
export async function requireDevScript(root: string): Promise<void> {
  const manifest = await readJson(join(root, 'package.json'));
  const scripts = isRecord(manifest) && isRecord(manifest['scripts']) ? manifest['scripts'] : {};
  if (typeof scripts['dev'] === 'string' && !/\bbb dev\b/.test(scripts['dev'])) return;
  throw new BetterBaseError('usage/bad-option', '--with-app runs the "dev" script of package.json, and there is none that starts an app.', {
    hint: 'Add one, for instance "dev": "vite", or leave --with-app out.',
  });
}

/** Tools of the app need a Node as new as ours, which may not be the one on the path. */
function nodeFirst(): { readonly PATH: string } {
  return { PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
}
