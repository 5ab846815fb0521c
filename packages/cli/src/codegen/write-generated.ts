import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findAppModules } from '../bundle/function-modules.ts';
import { writeAtomically } from '../platform/write-atomically.ts';
import type { AppFolder } from '../workspace/app-folder.ts';
import { usesDrizzle } from './drizzle-schema.ts';
import { generatedFiles } from './generated-files.ts';

const drizzleName = 'drizzle.ts';

/** Brings `_generated` up to date and returns the names of the files that changed. Files that are right are not touched. */
export async function writeGenerated(app: AppFolder): Promise<readonly string[]> {
  const files = new Map(generatedFiles(await findAppModules(app.source), app.dialect));
  if (await usesDrizzle(app)) files.set(drizzleName, await drizzleText(app));
  await mkdir(app.generated, { recursive: true });
  const changed = await Promise.all([...files].map(([name, text]) => writeIfChanged(join(app.generated, name), text)));
  const stale = (await readdir(app.generated)).filter((name) => !files.has(name) && !name.endsWith('.draft'));
  await Promise.all(stale.map((name) => rm(join(app.generated, name), { recursive: true, force: true })));
  return [...files.keys()].filter((_, index) => changed[index] === true).concat(stale);
}

/** While the schema does not load, what was made of it last. */
async function drizzleText(app: AppFolder): Promise<string> {
  const { drizzleSchema } = await import('./drizzle-schema.ts');
  try {
    return await drizzleSchema(app);
  } catch (failed) {
    const current = await readFile(join(app.generated, drizzleName), 'utf8').catch(() => null);
    if (current !== null) return current;
    throw failed;
  }
}

/** True if it had to be written. */
export async function writeIfChanged(path: string, text: string): Promise<boolean> {
  const current = await readFile(path, 'utf8').catch(() => null);
  if (current === text) return false;
  await writeAtomically(path, text);
  return true;
}
