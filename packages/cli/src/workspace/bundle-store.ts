/** The bundle that runs, kept in the state folder so that `bb logs` in another terminal can explain positions in it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppBundle } from '../bundle/app-bundler.ts';
import { AppSourceMap } from '../diagnostics/source-map.ts';
import { writeAtomically } from '../platform/write-atomically.ts';

export async function keepBundle(state: string, { app, map }: AppBundle): Promise<void> {
  await writeAtomically(join(state, 'bundle/app.js'), app);
  await writeAtomically(join(state, 'bundle/app.js.map'), map);
}

/** Null if no bundle has been kept. */
export async function readSourceMap(state: string): Promise<AppSourceMap | null> {
  const map = await readFile(join(state, 'bundle/app.js.map'), 'utf8').catch(() => null);
  return map === null ? null : new AppSourceMap(map);
}
