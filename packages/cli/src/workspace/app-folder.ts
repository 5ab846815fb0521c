import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';

/** Where an app's parts are. All paths are absolute. */
export interface AppFolder {
  readonly root: string;
  /** The `betterbase` folder: schema and functions. */
  readonly source: string;
  readonly generated: string;
}

/**
 * The app in a folder; the `betterbase` folder itself is understood too.
 *
 * @throws BetterBaseError `app/not-found`
 */
export async function findApp(folder: string): Promise<AppFolder> {
  const start = resolve(folder);
  const inside = join(start, 'betterbase');
  if (await isFolder(inside)) return appAt(start);
  if (basename(start) === 'betterbase' && (await isFolder(start))) return appAt(dirname(start));
  throw new BetterBaseError('app/not-found', `There is no betterbase folder in ${start}.`, {
    hint: "Run this in an app's folder, name the folder, or make a new app with `bb init <folder>`.",
  });
}

function appAt(root: string): AppFolder {
  const source = join(root, 'betterbase');
  return { root, source, generated: join(source, '_generated') };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
