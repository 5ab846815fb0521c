import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';

/** Whose names an app is written with: a `convex` folder is served as it is. */
export type Dialect = 'betterbase' | 'convex';

/** Where an app's parts are. All paths are absolute. */
export interface AppFolder {
  readonly root: string;
  /** The `betterbase` (or `convex`) folder: schema and functions. */
  readonly source: string;
  readonly generated: string;
  readonly dialect: Dialect;
}

/**
 * The app in a folder; the `betterbase` folder itself is understood too. Without one, a folder of functions written for
 * Convex is looked for: what `convex.json` names, or `convex`.
 *
 * @throws BetterBaseError `app/not-found`
 */
export async function findApp(folder: string): Promise<AppFolder> {
  const start = resolve(folder);
  const roots = basename(start) === 'betterbase' || basename(start) === 'convex' ? [start, dirname(start)] : [start];
  for (const root of roots) {
    const own = join(root, 'betterbase');
    if (await isFolder(own)) return appAt(root, own, 'betterbase');
    const convex = join(root, await convexFolder(root));
    if (await isFolder(convex)) return appAt(root, convex, 'convex');
  }
  throw new BetterBaseError('app/not-found', `There is no betterbase folder in ${start}.`, {
    hint: "Run this in an app's folder, name the folder, or make a new app with `bb init <folder>`.",
  });
}

async function convexFolder(root: string): Promise<string> {
  const config = await readJson(join(root, 'convex.json'));
  const named = isRecord(config) ? config['functions'] : undefined;
  return typeof named === 'string' ? named : 'convex';
}

function appAt(root: string, source: string, dialect: Dialect): AppFolder {
  return { root, source, generated: join(source, '_generated'), dialect };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
