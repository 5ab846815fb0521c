import type { ProviderManifest } from '@betterbase/core';
import type { AppFolder } from '../workspace/app-folder.ts';
import { namedProviders, parseProviderName } from '../workspace/named-provider.ts';
import { projectNameOf } from '../workspace/project-name.ts';
import { readConfig } from '../workspace/read-config.ts';

export interface ServedProject {
  readonly project: string;
  /** Instead of what betterbase.config.ts says; absent where that holds. */
  readonly provider?: ProviderManifest;
  /** D1 databases that the app names, which are made here. */
  readonly databases: readonly string[];
}

/**
 * The project that `bb dev` serves. One whose documents rest elsewhere than the configuration says is another project, with
 * data of its own: they do not move.
 *
 * @throws BetterBaseError `usage/bad-option`, `project/bad-name`, `config/invalid`
 */
export async function servedProject(
  app: AppFolder,
  options: { readonly project?: string; readonly provider?: string },
): Promise<ServedProject> {
  const wanted = options.provider === undefined ? undefined : parseProviderName(options.provider);
  const name = await projectNameOf(app, options.project);
  // What is wrong with the configuration is told when the app is bundled.
  const config = await readConfig(app).catch(() => null);
  const configured = config?.provider ?? { type: 'embedded' };
  if (wanted === undefined || wanted === configured.type) return { project: name, databases: databasesOf(configured) };
  const provider = namedProviders[wanted];
  return {
    project: options.project === undefined ? await projectNameOf(app, `${name.slice(0, 50)}-${wanted}`) : name,
    provider,
    databases: databasesOf(provider),
  };
}

function databasesOf(provider: { readonly type: string; readonly binding?: string }): readonly string[] {
  return provider.type === 'd1' && provider.binding !== undefined ? [provider.binding] : [];
}
