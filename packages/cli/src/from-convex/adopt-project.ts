/** Makes a BetterBase project of a Convex project's folder: adds what is missing, and leaves the functions as they are. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { betterbaseLinks } from '../init/project-files.ts';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';
import { writeAtomically } from '../platform/write-atomically.ts';

/** What was written, file by file, and what it changes. */
export type Change = { readonly file: string; readonly change: string };

/** Doing it twice changes nothing the second time. */
export async function adoptProject(root: string, name: string): Promise<readonly Change[]> {
  return [...(await addConfig(root, name)), ...(await changePackage(root, name)), ...(await ignoreState(root))];
}

async function addConfig(root: string, name: string): Promise<Change[]> {
  const path = join(root, 'betterbase.config.ts');
  if (existsSync(path)) return [];
  await writeAtomically(
    path,
    `import { defineConfig } from '@betterbase/core/config';\n\nexport default defineConfig({\n  project: { name: ${JSON.stringify(name)} },\n  provider: { type: 'embedded' },\n});\n`,
  );
  return [{ file: 'betterbase.config.ts', change: `the project is called ${name}` }];
}

async function changePackage(root: string, name: string): Promise<Change[]> {
  const path = join(root, 'package.json');
  const found = await readJson(path);
  const manifest = isRecord(found) ? found : { name, private: true, type: 'module' };
  const changes: Change[] = [];
  const scripts = { ...texts(manifest['scripts']) };
  for (const [script, command] of Object.entries(scripts)) {
    const changed = command.replaceAll(/\b(?:npx )?convex (dev|deploy|codegen|run|logs)\b/g, 'bb $1');
    if (changed === command) continue;
    scripts[script] = changed;
    changes.push({ file: 'package.json', change: `script ${script}: ${changed}` });
  }
  const dependencies = { ...texts(manifest['dependencies']) };
  const devDependencies = { ...texts(manifest['devDependencies']) };
  const links = betterbaseLinks(root);
  for (const [into, part] of [
    [dependencies, 'core'],
    [dependencies, 'client'],
    [devDependencies, 'cli'],
  ] as const) {
    const dependency = `@betterbase/${part}`;
    if (dependencies[dependency] !== undefined || devDependencies[dependency] !== undefined) continue;
    into[dependency] = links(part);
    changes.push({ file: 'package.json', change: `needs ${dependency}` });
  }
  if (changes.length > 0)
    await writeAtomically(path, `${JSON.stringify({ ...manifest, scripts, dependencies, devDependencies }, null, 2)}\n`);
  return changes;
}

async function ignoreState(root: string): Promise<Change[]> {
  const path = join(root, '.gitignore');
  const text = await readFile(path, 'utf8').catch(() => '');
  const missing = ['.betterbase/', '.betterbase-context.json'].filter((line) => !text.split(/\r?\n/).includes(line));
  if (missing.length === 0) return [];
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeAtomically(path, `${before}${missing.join('\n')}\n`);
  return [{ file: '.gitignore', change: `leaves out ${missing.join(', ')}` }];
}

function texts(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])));
}
