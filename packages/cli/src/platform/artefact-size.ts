import { gzipSync } from 'node:zlib';

/** Bytes of one thing we ship. */
export interface ArtefactSize {
  readonly artefact: string;
  readonly raw: number;
  readonly gzip: number;
}

export function measureArtefact(artefact: string, contents: string | Uint8Array): ArtefactSize {
  return { artefact, raw: Buffer.byteLength(contents), gzip: gzipSync(contents, { level: 9 }).byteLength };
}

/** A table with one line per artefact. */
export function formatSizes(sizes: readonly ArtefactSize[]): string {
  const width = Math.max(...sizes.map((size) => size.artefact.length), 'artefact'.length);
  const header = `${'artefact'.padEnd(width)}  ${'raw'.padStart(10)}  ${'gzip'.padStart(10)}`;
  const rows = sizes.map((size) => `${size.artefact.padEnd(width)}  ${inKilobytes(size.raw)}  ${inKilobytes(size.gzip)}`);
  return [header, ...rows].join('\n');
}

function inKilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
}
