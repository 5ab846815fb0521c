import { readdir, readFile, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { formatSizes } from '../src/platform/artefact-size.ts';
import { buildPlatform } from '../src/platform/build-platform.ts';
import { platformFiles } from '../src/platform/checkout.ts';
import { edgeModules, engineModules } from '../../../durable-objects/engine/modules.ts';
import { decodeRuntime } from '../../../durable-objects/engine/runtime-text.ts';
import { bb } from './bb.ts';
import { folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

test('a build is reused until one of its inputs changes', async () => {
  const outdir = await folderWith({});
  const define = { 'globalThis.TEST_OF_THE_BUILD': '1' };

  const first = await buildPlatform({ outdir, define });
  const second = await buildPlatform({ outdir, define });
  const otherConstants = await buildPlatform({ outdir, define: { 'globalThis.TEST_OF_THE_BUILD': '2' } });
  const now = new Date();
  await utimes(platformFiles.runtimeEntry, now, now);
  const afterChange = await buildPlatform({ outdir, define: { 'globalThis.TEST_OF_THE_BUILD': '2' } });

  expect([first.reused, second.reused, otherConstants.reused, afterChange.reused]).toEqual([false, true, false, false]);
  expect(second.sizes).toEqual(first.sizes);
});

test('the Worker is a folder of modules, the runtime that was built with it among them, and nothing of an earlier build', async () => {
  const outdir = await folderWith({ 'worker/shared-OLD.js': 'an earlier one' });

  const { workerPath, runtimePath, sizes } = await buildPlatform({ outdir, define: { 'globalThis.TEST_OF_THE_BUILD': '3' } });
  const worker = await readFile(workerPath, 'utf8');
  const runtime = await readFile(runtimePath, 'utf8');

  expect(runtime).toContain('createEngine');
  expect(worker).toContain('ProjectObject');
  expect(worker).toContain('"./runtime.txt"');
  expect(await readdir(dirname(workerPath))).not.toContain('shared-OLD.js');
  expect(sizes.map(({ artefact }) => artefact)).toEqual([
    'engine, embedded',
    'engine, remote',
    'edge isolate',
    'auth isolate',
    'auth isolate with all modules',
    'gateway Worker',
    'Worker with all modules',
  ]);
});

test('the Worker does not start with the drivers of databases', async () => {
  const { workerPath } = await buildPlatform();
  const folder = dirname(workerPath);
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.js'));
  const texts = new Map(await Promise.all(modules.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)));
  const withDriver = modules.filter((name) => /NeonDbError|HranaError|LibsqlError/.test(texts.get(name) ?? ''));
  const startsWith = (name: string): readonly string[] => {
    const imported = [...(texts.get(name) ?? '').matchAll(/(?:from|import) ?"\.\/([^"]+\.js)"/g)].map(([, other = '']) => other);
    return [name, ...imported.flatMap(startsWith)];
  };

  expect(withDriver.length).toBeGreaterThan(0);
  expect(startsWith('worker.js').filter((name) => withDriver.includes(name))).toEqual([]);
});

test('an isolate is given the modules of what it runs, and each of them finds what it imports', async () => {
  const { runtimePath } = await buildPlatform();
  const runtime = decodeRuntime(await readFile(runtimePath, 'utf8'));
  const { modules } = engineModules(runtime, '', 'embedded');
  const names = Object.keys(modules);
  const imported = Object.values(modules).flatMap((text) =>
    [...text.matchAll(/(?:from|import) ?\(?"\.\/([^"]+)"/g)].map(([, name]) => name),
  );

  expect(names).toEqual(expect.arrayContaining(['main.js', 'runtime.js', 'engine.js', 'embedded.js', 'app.js']));
  expect(imported.length).toBeGreaterThan(names.length);
  expect(names).toEqual(expect.arrayContaining(imported));
  expect(names).not.toContain('remote.js');
  expect(names).not.toContain('edge.js');
  expect(modules['engine.js']).toContain('createEngine');
  expect(Object.keys(engineModules(runtime, '', 'remote').modules)).not.toContain('embedded.js');
  expect(Object.keys(edgeModules(runtime, '').modules)).not.toContain('engine.js');
});

test('an app can be compiled into a Worker of its own', async () => {
  const cwd = await folderWith({
    'betterbase/notes.ts': "import { query } from './_generated/server';\nexport const it = query(() => 'compiled in');\n",
  });

  const { code, out } = await bb(['build', '--static', 'out', '--json'], { cwd });

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ worker: join(cwd, 'out/worker.js') });
  expect(await readFile(join(cwd, 'out/worker.js'), 'utf8')).toContain('compiled in');
});

test('sizes are a table', () => {
  expect(formatSizes([{ artefact: 'one', raw: 1234, gzip: 567 }])).toBe(
    'artefact         raw        gzip\none           1.2 kB      0.6 kB',
  );
});
