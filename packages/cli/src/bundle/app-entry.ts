import { defaultRowSecurity, type ProjectLimits, type RowSecuritySettings } from '@betterbase/core';
import type { ParsedPolicy } from '@betterbase/engine/policy-language';
import type { AppModules } from './function-modules.ts';

/** What goes into a bundle besides the app's code. */
export interface AppSettings {
  /** Those that the app sets. */
  readonly limits: Partial<ProjectLimits> | undefined;
  readonly policies: readonly ParsedPolicy[];
  /** Absent: as it is by default. */
  readonly rls?: RowSecuritySettings;
}

/** The module that the platform imports: everything the app defines, under the names of the deployment contract, and what it sets. */
export function appEntry(modules: AppModules, { limits, policies, rls = defaultRowSecurity }: AppSettings): string {
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
    ...cronsExport(modules),
    ...(modules.auth === null ? [] : [`export { default as auth } from ${JSON.stringify(`./${modules.auth}`)};`]),
    ...(policies.length === 0 ? [] : [`export const policies = ${JSON.stringify(policies)};`]),
    ...(isDefault(rls) ? [] : [`export const rls = ${JSON.stringify(rls)};`]),
    ...(limits === undefined ? [] : [`export const limits = ${JSON.stringify(limits)};`]),
  ].join('\n');
}

function isDefault({ enabled, auditLog }: RowSecuritySettings): boolean {
  return enabled === defaultRowSecurity.enabled && auditLog === defaultRowSecurity.auditLog;
}

/** `crons.ts` is Convex's name for it, `cron.ts` BetterBase's; either may have functions as well. */
function cronsExport({ functions }: AppModules): string[] {
  const index = Math.max(...['crons', 'cron'].map((path) => functions.findIndex((module) => module.path === path)));
  return index < 0 ? [] : ["import { cronsOf } from '@betterbase/core';", `export const crons = cronsOf(m${index});`];
}

function defaultImport(name: string, file: string | null): string {
  return file === null ? `const ${name} = null;` : `import ${name} from ${JSON.stringify(`./${file}`)};`;
}
