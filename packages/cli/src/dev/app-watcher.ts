/**
 * Tells when an app's code changes.
 *
 * Watches the `betterbase` folder and whatever else the last bundle was made of. Several changes at once are one.
 */
import { join, resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { AppFolder } from '../workspace/app-folder.ts';

const pause = 30;

export class AppWatcher {
  readonly #app: AppFolder;
  readonly #watcher: FSWatcher;
  readonly ready: Promise<void>;
  #timer: NodeJS.Timeout | null = null;

  constructor(app: AppFolder, onChange: () => void) {
    this.#app = app;
    this.#watcher = watch([app.source, join(app.root, 'betterbase.config.ts')], {
      ignoreInitial: true,
      ignored: (path) => path.startsWith(app.generated) || /[/\\](?:node_modules|\.git)(?:[/\\]|$)/.test(path.slice(app.root.length)),
    });
    this.ready = new Promise((done) => this.#watcher.once('ready', () => done()));
    this.#watcher.on('all', () => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = setTimeout(onChange, pause);
    });
  }

  /** Files relative to the app's folder. */
  alsoWatch(inputs: readonly string[]): void {
    const outside = inputs
      .map((input) => resolve(this.#app.root, input))
      .filter((path) => !path.startsWith(this.#app.source) && !path.includes('node_modules'));
    if (outside.length > 0) this.#watcher.add(outside);
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#watcher.close();
  }
}
