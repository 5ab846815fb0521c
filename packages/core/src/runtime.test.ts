import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** The files that end up in a bundle of `code`. */
async function bundled(code: string): Promise<{ readonly files: string[]; readonly bytes: number }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return {
    files: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file),
    bytes: outputFiles[0]?.contents.length ?? 0,
  };
}

test('the runtime brings no package along', async () => {
  const { files } = await bundled(`export * from './runtime.ts';`);

  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
});

test('nor does the package to an app that imports what functions need', async () => {
  const { files } = await bundled(`export { query, v, defineSchema } from './index.ts';`);

  expect(files.filter((file) => file.includes('node_modules') || file.includes('config'))).toEqual([]);
});

test('a client that only encodes values does not carry validators', async () => {
  const { files } = await bundled(`export { encodeToJson, decodeValue, getFunctionName } from './index.ts';`);

  expect(files.filter((file) => file.includes('validators') || file.includes('schema'))).toEqual([]);
});
