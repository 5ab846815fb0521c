/** What the parts weigh that somebody has to download or upload, minified and gzipped. */
import { buildPlatform, measureBrowserPackages } from '@betterbase/cli/platform';
import type { Figures } from '../measure/figures.ts';

const shown = ['client', 'react', 'react/convex', 'gateway Worker', 'engine, embedded'];

export async function measureSizes(): Promise<Record<string, Figures>> {
  const sizes = [...(await measureBrowserPackages()), ...(await buildPlatform()).sizes];
  const bytes = new Map(sizes.map(({ artefact, gzip }) => [artefact, gzip]));
  return Object.fromEntries(shown.map((artefact) => [`Size: ${artefact}`, { bytes: bytes.get(artefact) ?? Number.NaN }]));
}
