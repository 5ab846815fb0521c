import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Readers, and other builds running at the same time, see the old file or the new one and nothing in between. */
export async function writeAtomically(path: string, contents: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.${performance.now().toString(36).replace('.', '')}.draft`;
  await writeFile(draft, contents, { mode });
  await rename(draft, path);
}
