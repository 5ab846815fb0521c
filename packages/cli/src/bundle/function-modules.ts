/** Which files of a `betterbase` folder are modules of functions, and which are the schema and the routes. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface AppModules {
  /** Sorted by path. */
  readonly functions: readonly FunctionModule[];
  /** File of the default-exported schema, relative to the folder. */
  readonly schema: string | null;
  readonly http: string | null;
  /** File that says whose tokens callers may show. */
  readonly auth: string | null;
  readonly problems: readonly ModuleProblem[];
}

export interface FunctionModule {
  /** `queries/todos` */
  readonly path: string;
  /** `queries/todos.ts` */
  readonly file: string;
}

export interface ModuleProblem {
  readonly file: string;
  readonly text: string;
}

const source = /^(?<name>.+)\.(?:ts|tsx|mts|js|jsx|mjs)$/;
const modulePath = /^[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9][A-Za-z0-9_-]*)*$/;

export async function findAppModules(folder: string): Promise<AppModules> {
  return sortModules(await listFiles(folder, ''));
}

/** Decides by names alone; the files are not opened. */
export function sortModules(files: readonly string[]): AppModules {
  const functions = new Map<string, FunctionModule>();
  const problems: ModuleProblem[] = [];
  let schema: string | null = null;
  let http: string | null = null;
  let auth: string | null = null;
  for (const file of [...files].sort()) {
    const path = source.exec(file)?.groups?.['name'];
    if (path === 'auth.config') auth = file;
    if (path === undefined || isPrivate(path)) continue;
    if (path === 'schema') schema = file;
    else if (path === 'http') http = file;
    else if (!modulePath.test(path))
      problems.push({
        file,
        text: 'A module\'s path may have letters, digits, "_" and "-" only. Rename the file, or start its name with "_" if it has no functions.',
      });
    else if (functions.has(path)) problems.push({ file, text: `Two files are the module "${path}". Rename one of them.` });
    else functions.set(path, { path, file });
  }
  return { functions: [...functions.values()], schema, http, auth, problems };
}

/** `_text.ts`, `_lib/text.ts`, `todos.test.ts`, `env.d.ts` and policy files are the app's own business. */
function isPrivate(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('_') || part.startsWith('.')) || /\.(?:test|spec|d|config|policy)$/.test(path);
}

async function listFiles(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (!entry.isDirectory()) return [path];
      return entry.name === 'node_modules' || isPrivate(entry.name) ? [] : listFiles(folder, path);
    }),
  );
  return nested.flat();
}
