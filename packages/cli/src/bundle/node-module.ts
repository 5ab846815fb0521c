/** What a module of Node is in a bundle: its names, taken from whatever the platform gives for it where the bundle runs. */
import { builtinModules } from 'node:module';
import { isRecord } from '../json/is-record.ts';

export const nodeNamespace = 'betterbase-node';

/** The platform has nothing for these. */
const absent = new Set(['sea', 'sqlite', 'test', 'test/reporters']);

/** Its full name (`node:fs`), or null for what is no module of Node or one that the platform lacks. */
export function nodeModuleName(specifier: string): string | null {
  const bare = specifier.replace(/^node:/, '');
  const exists = specifier.startsWith('node:') ? true : builtinModules.includes(bare);
  return exists && builtinModules.includes(bare) && !bare.startsWith('_') && !absent.has(bare) ? `node:${bare}` : null;
}

/** The module's text. Names are those of this process's Node; the platform may lack some, which are then undefined. */
export function nodeModule(name: string): string {
  const module: unknown = process.getBuiltinModule(name);
  const names = isRecord(module) || typeof module === 'function' ? Object.keys(module).filter(isBindable) : [];
  return [
    "import { nodeBuiltin } from '@betterbase/core';",
    `const builtin = nodeBuiltin(${JSON.stringify(name)});`,
    'export default builtin.default ?? builtin;',
    ...names.map((each) => `export const ${each} = builtin.${each};`),
  ].join('\n');
}

function isBindable(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name) && !reserved.has(name);
}

const reserved = new Set(['default', 'arguments', 'await', 'enum', 'eval', 'package', 'static', 'yield', 'builtin', 'nodeBuiltin']);
