/**
 * Tells when an app's code changes.
 *
 * Watches the `betterbase` folder, and the folders of whatever else the last bundle was made of. Several changes at once
 * are one.
 */
import { basename, dirname, resolve, sep } from 'node:path';
import type { AppFolder } from '../workspace/app-folder.ts';
import { FolderWatch } from './folder-watch.ts';

const pause = 30;

export class AppWatcher {
  readonly #app: AppFolder;
  readonly #onChange: () => void;
  readonly #watches = new Map<string, FolderWatch>();
  #timer: NodeJS.Timeout | null = null;

  constructor(app: AppFolder, onChange: () => void) {
    this.#app = app;
    this.#onChange = onChange;
    this.#watch(app.source, (path) => path === app.generated || basename(path) === 'node_modules' || basename(path).startsWith('.'));
  }

  /** Files relative to the app's folder. */
  alsoWatch(inputs: readonly string[]): void {
    const files = inputs.map((input) => resolve(this.#app.root, input));
    const outside = files.filter((file) => !file.startsWith(this.#app.source + sep) && !file.includes(`${sep}node_modules${sep}`));
    for (const folder of new Set(outside.map((file) => dirname(file)))) {
      // Only the files that were asked for: the folder may be the app's root, with much else in it.
      const wanted = new Set(outside.filter((file) => dirname(file) === folder));
      this.#watches.get(folder)?.close();
      this.#watch(folder, (path) => !wanted.has(path));
    }
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const watch of this.#watches.values()) watch.close();
  }

  #watch(folder: string, isIgnored: (path: string) => boolean): void {
    const onChange = (): void => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#onChange, pause);
    };
    this.#watches.set(folder, new FolderWatch({ folder, isIgnored, onChange }));
  }
}
