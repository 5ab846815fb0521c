/** How many rows are read to count a hundredth of a table by a counted index, as the storage counts them. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import type { Figures } from '../measure/figures.ts';
import type { Scale } from './scale.ts';

export async function measureCountedRows({ fewRows, someRows, manyRows }: Scale): Promise<Record<string, Figures>> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../counted/worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
  });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'counted',
      modules: true,
      script: outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-10-01',
      durableObjects: { COUNTED: { className: 'Counted', useSQLite: true } },
    }),
  );
  try {
    const rowsRead = async (rows: number): Promise<Figures> => {
      const answer = await miniflare.dispatchFetch(`http://counted/?rows=${rows}`);
      const { counted, read } = (await answer.json()) as { readonly counted: number; readonly read: number };
      if (counted !== Math.ceil(rows / 100)) throw new Error(`Of ${rows} rows ${counted} were counted.`);
      return { rows: read };
    };
    return {
      'Count, few rows: rows read': await rowsRead(fewRows),
      'Count, some rows: rows read': await rowsRead(someRows),
      'Count, many rows: rows read': await rowsRead(manyRows),
    };
  } finally {
    await miniflare.dispose();
  }
}
