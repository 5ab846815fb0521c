/** Tables and policies of an app, read from its folder: no server is needed. */
import type { SchemaManifest, TableManifest } from '@betterbase/protocol';
import { BetterBaseError, type RowSecuritySettings } from '@betterbase/core';
import type { ParsedPolicy } from '@betterbase/engine/policy-language';
import { bundleApp } from '../../bundle/app-bundler.ts';
import { readPolicies } from '../../bundle/read-policies.ts';
import { readManifest } from '../../codegen/read-manifest.ts';
import { type AppFolder, findApp } from '../../workspace/app-folder.ts';

export interface AppPolicies {
  readonly app: AppFolder;
  readonly schema: SchemaManifest;
  readonly policies: readonly ParsedPolicy[];
  readonly rls: RowSecuritySettings;
}

/** @throws BetterBaseError `policy/invalid`, or what the app itself is refused with */
export async function readAppPolicies(folder: string): Promise<AppPolicies> {
  const app = await findApp(folder);
  const policies = await readPolicies(app);
  const { app: bundle, rls } = await bundleApp(app.root);
  const { schema } = await readManifest(bundle);
  return { app, schema, policies, rls };
}

/** @throws BetterBaseError `table/not-found` */
export function tableNamed(schema: SchemaManifest, name: string): TableManifest {
  const table = schema.tables.find((each) => each.name === name);
  if (table !== undefined) return table;
  throw new BetterBaseError('table/not-found', `The schema has no table \`${name}\`.`, {
    hint: `It has ${schema.tables.map((each) => `\`${each.name}\``).join(', ') || 'none'}.`,
  });
}
