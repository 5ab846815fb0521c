/**
 * The Drizzle schema of an app, which has to be loaded for it: of the whole app only `schema.ts`, so that it can be written
 * before the modules that import it can be bundled.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { appPlugin } from '../bundle/app-plugin.ts';
import { findAppModules } from '../bundle/function-modules.ts';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';
import type { AppFolder } from '../workspace/app-folder.ts';
import { drizzleFile } from './drizzle-file.ts';
import { readManifest } from './read-manifest.ts';

/** The last one of each app, by the text of its bundled schema: loading it takes longer than all else. */
const known = new Map<string, { readonly bundle: string; readonly text: string }>();

/** @throws BetterBaseError when the schema does not load */
export async function drizzleSchema(app: AppFolder): Promise<string> {
  const { schema } = await findAppModules(app.source);
  if (schema === null) return drizzleFile([]);
  const bundle = await bundleSchema(app, schema);
  const last = known.get(app.root);
  if (last?.bundle === bundle) return last.text;
  const text = drizzleFile((await readManifest(bundle)).schema.tables);
  known.set(app.root, { bundle, text });
  return text;
}

/** Whether the app has Drizzle, or a module that wants its schema. */
export async function usesDrizzle(app: AppFolder): Promise<boolean> {
  if (app.dialect !== 'betterbase') return false;
  const manifest = await readJson(join(app.root, 'package.json'));
  const dependencies = isRecord(manifest) ? [manifest['dependencies'], manifest['devDependencies']] : [];
  if (dependencies.some((each) => isRecord(each) && 'drizzle-orm' in each)) return true;
  const files = await readdir(app.source, { recursive: true, withFileTypes: true });
  const sources = files.filter(
    (file) => file.isFile() && /\.[mc]?[jt]sx?$/.test(file.name) && !/_generated|node_modules/.test(file.parentPath),
  );
  const texts = await Promise.all(sources.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
  return texts.some((text) => /_generated\/drizzle['".]/.test(text));
}

async function bundleSchema(app: AppFolder, schema: string): Promise<string> {
  const built = await build({
    stdin: {
      contents: `export { default as schema } from ${JSON.stringify(`./${schema}`)};\nexport const modules = {};`,
      resolveDir: app.source,
    },
    absWorkingDir: app.root,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    plugins: [appPlugin(app, () => ({ limits: undefined, policies: [] }))],
    write: false,
    logLevel: 'silent',
  });
  return built.outputFiles[0]?.text ?? '';
}
