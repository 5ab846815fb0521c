import type { AppModules } from './function-modules.ts';

/** The module that the platform imports: everything the app defines, under the names of the deployment contract. */
export function appEntry(modules: AppModules): string {
  const imports = modules.functions.map((module, index) => `import * as m${index} from ${JSON.stringify(`./${module.file}`)};`);
  const entries = modules.functions.map((module, index) => `  ${JSON.stringify(module.path)}: m${index},`);
  return [
    ...imports,
    defaultImport('schema', modules.schema),
    defaultImport('http', modules.http),
    'export const modules = {',
    ...entries,
    '};',
    'export { schema, http };',
  ].join('\n');
}

function defaultImport(name: string, file: string | null): string {
  return file === null ? `const ${name} = null;` : `import ${name} from ${JSON.stringify(`./${file}`)};`;
}
