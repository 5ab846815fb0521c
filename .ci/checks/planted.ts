import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs `work` in a folder made of the given files, as if it were the repository. */
export function withFiles<Result>(files: Readonly<Record<string, string>>, work: (root: string) => Result): Result {
  const root = mkdtempSync(join(tmpdir(), 'betterbase-check-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return work(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
