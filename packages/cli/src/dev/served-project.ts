import { BetterBaseError, type ProviderManifest } from '@betterbase/core';
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
  /** Hyperdrives that the app names: where each leads on this machine. */
  readonly hyperdrives: Readonly<Record<string, string>>;
  /** A Hyperdrive that leads nowhere. */
  readonly openHyperdrive?: string;
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
  if (wanted === undefined || wanted === configured.type) return { project: name, ...boundTo(configured) };
  const provider = namedProviders[wanted];
  return {
    project: options.project === undefined ? await projectNameOf(app, `${name.slice(0, 50)}-${wanted}`) : name,
    provider,
    ...boundTo(provider),
  };
}

function boundTo(provider: {
  readonly type: string;
  readonly binding?: string | undefined;
}): Pick<ServedProject, 'databases' | 'hyperdrives' | 'openHyperdrive'> {
  const { type, binding } = provider;
  if (binding === undefined) return { databases: [], hyperdrives: {} };
  if (type === 'd1') return { databases: [binding], hyperdrives: {} };
  // As wrangler has it.
  const variable = `CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_${binding}`;
  const { [variable]: address = '' } = process.env;
  if (address !== '' && !URL.canParse(address))
    throw new BetterBaseError('usage/bad-option', `${variable} is no connection string.`, {
      hint: 'It looks like postgresql://<user>:<password>@127.0.0.1:5432/<database>.',
    });
  if (address === '') return { databases: [], hyperdrives: {}, openHyperdrive: binding };
  return { databases: [], hyperdrives: { [binding]: address } };
}
