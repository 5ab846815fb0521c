/** What a new app is made of: a template's files, and those that depend on its name and on where BetterBase is. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { inspect } from 'node:util';
import typescript from 'typescript/package.json' with { type: 'json' };
import { checkoutRoot } from '../platform/checkout.ts';
import { namedProviders, type ProviderName } from '../workspace/named-provider.ts';
import { toProjectName } from '../workspace/project-name.ts';

export const templates = ['iac', 'minimal'] as const;
export type Template = (typeof templates)[number];

export interface NewProject {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  readonly template: Template;
  readonly provider: ProviderName;
}

/** Text by path. */
export async function projectFiles(project: NewProject): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ...(await templateFiles(project)),
    ['package.json', toJson(packageManifest(project))],
    ['tsconfig.json', toJson(compilerSettings)],
    ['betterbase.config.ts', configuration(project)],
    ['.gitignore', 'node_modules/\n.betterbase/\n.betterbase-context.json\nbetterbase/_generated/\n'],
  ]);
}

async function templateFiles({ template, name }: NewProject): Promise<[string, string][]> {
  const folder = join(checkoutRoot, 'packages/cli/templates', template);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return Promise.all(
    paths.map(async (path): Promise<[string, string]> => {
      const text = await readFile(join(folder, path), 'utf8');
      return [path, text.replaceAll('{{name}}', name).replaceAll('{{project}}', toProjectName(name))];
    }),
  );
}

/** Where a package comes from, seen from a folder: from this checkout, until they are published. */
export function betterbaseLinks(folder: string): (part: string) => string {
  return (part) =>
    `file:${relative(folder, join(checkoutRoot, 'packages', part))
      .split(sep)
      .join('/')}`;
}

function packageManifest({ folder, name }: NewProject): object {
  const link = betterbaseLinks(folder);
  return {
    name: toProjectName(name),
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: { dev: 'bb dev', deploy: 'bb deploy', check: 'bb codegen && tsc' },
    dependencies: { '@betterbase/client': link('client'), '@betterbase/core': link('core') },
    devDependencies: { '@betterbase/cli': link('cli'), typescript: typescript.version },
  };
}

const compilerSettings = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2024', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: [],
    module: 'ESNext',
    moduleResolution: 'bundler',
    moduleDetection: 'force',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['betterbase', 'betterbase.config.ts'],
};

function configuration({ name, provider }: NewProject): string {
  return `import { defineConfig } from '@betterbase/core/config';

export default defineConfig({
  project: { name: ${JSON.stringify(toProjectName(name))} },
  provider: ${inspect(namedProviders[provider], { breakLength: Number.POSITIVE_INFINITY })},
});
`;
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
