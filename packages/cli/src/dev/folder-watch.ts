/**
 * Tells that something in a folder, or below it, has changed. Not what: whoever wants to know looks.
 *
 * Watches folders, not files: no file can be missed because its own watch came late, and no two changes are taken for one.
 */
import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

export interface FolderWatchSettings {
  /** Absolute. */
  readonly folder: string;
  readonly isIgnored: (path: string) => boolean;
  readonly onChange: () => void;
}

export class FolderWatch {
  readonly #settings: FolderWatchSettings;
  readonly #watchers = new Map<string, FSWatcher>();

  /** Every change after this returns is told. */
  constructor(settings: FolderWatchSettings) {
    this.#settings = settings;
    this.#watchAll();
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** Brings the watchers in line with the folders there are. */
  #watchAll(): void {
    const { folder, isIgnored } = this.#settings;
    const found = new Set(foldersIn(folder, isIgnored));
    for (const path of found) if (!this.#watchers.has(path)) this.#watch(path);
    for (const path of this.#watchers.keys()) if (!found.has(path)) this.#unwatch(path);
  }

  #watch(folder: string): void {
    const watcher = watch(folder, (event, name) => {
      if (name !== null && this.#settings.isIgnored(join(folder, name))) return;
      if (event === 'rename') this.#watchAll();
      this.#settings.onChange();
    });
    // The folder went away between being found and being watched, or while it was watched.
    watcher.on('error', () => this.#unwatch(folder));
    this.#watchers.set(folder, watcher);
  }

  #unwatch(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}

function foldersIn(folder: string, isIgnored: (path: string) => boolean): readonly string[] {
  const inside = readEntries(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
  return [folder, ...inside.filter((path) => !isIgnored(path)).flatMap((path) => foldersIn(path, isIgnored))];
}

function readEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Gone since it was listed: nothing is in it.
    return [];
  }
}
