/** An app's modules as a test gives them: what `import.meta.glob` makes, or namespaces by path. */
import { BetterBaseError, isPolicy } from '@betterbase/core';
import type { AppModule } from '@betterbase/engine';
import { type ParsedPolicy, parsePolicy } from '@betterbase/engine/policy-language';

/** Not one whose name begins with `_`. */
const policyFile = /(?:^|\/)[^_/][^/]*\.policy\.(?:ts|mts|js|mjs)$/;

export interface TestModules {
  /** By file (`./queries/todos.ts`, `../convex/messages.ts`) or by module path (`queries/todos`): the namespace, or what imports it. */
  readonly [file: string]: unknown;
}

/** Loads the modules and names them as the bundler would: by their path inside the app's folder, without private ones. */
export async function loadAppModules(given: TestModules, schema: unknown): Promise<AppModule> {
  const files = Object.keys(given);
  const root = rootOf(files);
  const loaded = await Promise.all(
    files.map(async (file): Promise<readonly [path: string, namespace: Namespace] | null> => {
      const path = modulePath(file, root);
      return path === null ? null : [path, toNamespace(await load(given[file]))];
    }),
  );
  const policies = await Promise.all(
    files.filter((file) => policyFile.test(file)).map(async (file) => readPolicy(toNamespace(await load(given[file])), file)),
  );
  const modules = new Map(loaded.filter((each) => each !== null));
  const http = modules.get('http')?.['default'] ?? null;
  modules.delete('http');
  return { modules: Object.fromEntries(modules), schema, http, policies };
}

function readPolicy({ default: policy }: Namespace, file: string): ParsedPolicy {
  if (isPolicy(policy)) return parsePolicy(policy, file);
  throw new BetterBaseError('policy/invalid', `${file}: its default export is no policy.`);
}

type Namespace = Readonly<Record<string, unknown>>;

async function load(given: unknown): Promise<unknown> {
  return typeof given === 'function' ? await given() : given;
}

function toNamespace(loaded: unknown): Namespace {
  return typeof loaded === 'object' && loaded !== null ? { ...loaded } : {};
}

/** What all files have before the app's own path: up to the folder that holds `_generated`, or one called betterbase or convex. */
function rootOf(files: readonly string[]): string {
  const generated = files.find((file) => /(?:^|\/)_generated\//.test(file));
  if (generated !== undefined) return generated.slice(0, generated.lastIndexOf('_generated/'));
  const [first = ''] = files;
  return /^.*(?:^|\/)(?:betterbase|convex)\//.exec(first)?.[0] ?? /^(?:\.{0,2}\/)*/.exec(first)?.[0] ?? '';
}

/** Null: no module of functions. */
function modulePath(file: string, root: string): string | null {
  const inside = file.startsWith(root) ? file.slice(root.length) : file;
  const path = inside.replace(/\.(?:ts|tsx|mts|js|jsx|mjs)$/, '');
  const isPrivate = path.split('/').some((part) => part.startsWith('_') || part.startsWith('.'));
  return isPrivate || path === 'schema' || /\.(?:test|spec|d|config|policy)$/.test(path) ? null : path;
}
