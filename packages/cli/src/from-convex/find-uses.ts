/** Finds in a Convex app what does not work here, or works otherwise. It reads texts, so it may name a comment; it changes nothing. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface Use {
  /** What it is about. */
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
  /** `convex/messages.ts:12`, the first few. */
  readonly places: readonly string[];
}

interface Rule {
  readonly what: string;
  readonly advice: string;
  readonly pattern: RegExp;
}

const mostPlaces = 5;

const rules: readonly Rule[] = [
  {
    what: 'components',
    advice: 'Components are not supported: naming them compiles, using one is refused.',
    pattern: /\bcomponents\.\w+|\bdefineApp\(|from ['"]@convex-dev\/(?!eslint)/,
  },
  {
    what: '"use node"',
    advice: 'There is no Node: what such files import of it is looked at when they are bundled.',
    pattern: /^\s*['"]use node['"]/,
  },
  {
    what: 'file storage',
    advice: 'File storage is not supported yet: ctx.storage is refused, and stored files of a snapshot are not imported.',
    pattern: /\b(?:ctx|context)\.storage\b|\bstorage\.(?:generateUploadUrl|getUrl|store)\(|v\.id\(['"]_storage['"]\)/,
  },
];
const environment = /\bprocess\.env\.([A-Z][A-Z0-9_]*)|\bprocess\.env\[['"]([A-Z][A-Z0-9_]*)['"]\]/g;

export interface FoundUses {
  readonly uses: readonly Use[];
  /** Names that the code reads from `process.env`. */
  readonly environment: readonly string[];
}

/** @param root what places are seen from. */
export async function findUses(root: string, source: string): Promise<FoundUses> {
  const places = new Map<Rule, string[]>();
  const names = new Set<string>();
  for (const path of await sourceFiles(source)) {
    const lines = (await readFile(path, 'utf8')).split('\n');
    const shown = relative(root, path).split(sep).join('/');
    for (const [position, line] of lines.entries()) {
      for (const rule of rules) if (rule.pattern.test(line)) places.set(rule, [...(places.get(rule) ?? []), `${shown}:${position + 1}`]);
      for (const [, plain, quoted] of line.matchAll(environment)) names.add(plain ?? quoted ?? '');
    }
  }
  const uses = [...places].map(([{ what, advice }, all]) => ({ what, advice, places: all.slice(0, mostPlaces) }));
  return { uses, environment: [...names].filter((name) => name !== '').sort() };
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(?:[cm]?[jt]sx?)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](?:_generated|node_modules)[\\/]/.test(path))
    .sort();
}
