/** What the parts weigh that somebody has to download or upload, minified and gzipped. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { buildPlatform } from '@betterbase/cli/platform';
import type { Figures } from '../measure/figures.ts';

const besideReact = ['react', 'react/jsx-runtime', '@betterbase/client'];

export async function measureSizes(): Promise<Record<string, Figures>> {
  const { sizes } = await buildPlatform();
  const platform = new Map(sizes.map(({ artefact, gzip }) => [artefact, gzip]));
  return {
    'Size: client': { bytes: await browserSize('../../packages/client/src/index.ts', []) },
    // An app has React and the client once, however many hooks it uses.
    'Size: react': { bytes: await browserSize('../../packages/react/src/index.ts', besideReact) },
    'Size: react/convex': { bytes: await browserSize('../../packages/react/src/convex/index.ts', besideReact) },
    'Size: gateway Worker': { bytes: platform.get('gateway Worker') ?? Number.NaN },
    'Size: engine, embedded': { bytes: platform.get('engine, embedded') ?? Number.NaN },
  };
}

async function browserSize(entry: string, external: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: [...external],
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength;
}
