import { readFile } from 'node:fs/promises';

/** What the text says, or null if it is no JSON. For texts whose absence or damage means "nothing known". */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half a file, or one of an older version: as good as none.
    return null;
  }
}

/** Null if there is no such file, or no JSON in it. */
export async function readJson(path: string): Promise<unknown> {
  return parseJson(await readFile(path, 'utf8').catch(() => 'null'));
}
