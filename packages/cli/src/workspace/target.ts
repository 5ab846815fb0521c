/** Which server and project a command talks to, and as whom: flags, then environment, then `bb login`, then the `bb dev` of this folder. */
import { resolve } from 'node:path';
import { BetterBaseError, type ProviderManifest } from '@betterbase/core';
import { findCredential } from './credentials.ts';
import { defaultStateFolder, readDevState } from './dev-state.ts';
import { parseProjectName } from './project-name.ts';

export interface Installation {
  /** Without a path. */
  readonly url: string;
  readonly key: string;
}

export interface Target extends Installation {
  readonly project: string;
  /** Where its documents rest, if that `bb dev` was told something else than the configuration says. */
  readonly provider?: ProviderManifest;
}

export interface TargetFlags {
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly project?: string | undefined;
  readonly state?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws BetterBaseError `usage/bad-option`, `connection/lost`, `project/bad-name` */
export async function findTarget(root: string, flags: TargetFlags, env: Environment): Promise<Target> {
  const address = flags.url ?? env['BETTERBASE_URL'];
  if (address === undefined) return runningDevServer(root, flags);
  const { url, project: fromUrl } = parseAddress(address);
  const project = flags.project ?? fromUrl ?? env['BETTERBASE_PROJECT'];
  if (project === undefined) throw missing('project', 'a project', 'BETTERBASE_PROJECT');
  return { url, project: parseProjectName(project), key: await keyFor(url, flags, env) };
}

/** As `findTarget`, for what is no one project's. */
export async function findInstallation(root: string, flags: TargetFlags, env: Environment): Promise<Installation> {
  const address = flags.url ?? env['BETTERBASE_URL'];
  if (address === undefined) return runningDevServer(root, flags);
  const { url } = parseAddress(address);
  return { url, key: await keyFor(url, flags, env) };
}

/** As `findInstallation`, where nobody need be known there yet. */
export async function findUrl(root: string, flags: TargetFlags, env: Environment): Promise<string> {
  const address = flags.url ?? env['BETTERBASE_URL'];
  return address === undefined ? (await runningDevServer(root, flags)).url : parseAddress(address).url;
}

/** Where the running `bb dev` stands in for vendors whom people sign in with; null: it does not, or another server is meant. */
export async function signInPort(root: string, flags: TargetFlags, env: Environment): Promise<number | null> {
  if (flags.url !== undefined || env['BETTERBASE_URL'] !== undefined) return null;
  const state = await readDevState(resolve(root, flags.state ?? defaultStateFolder));
  const isServed = flags.project === undefined || flags.project === state?.project;
  return state === null || state.pid === null || !isServed ? null : (state.signInPort ?? null);
}

async function keyFor(url: string, flags: TargetFlags, env: Environment): Promise<string> {
  const key = flags.key ?? env['BETTERBASE_KEY'] ?? (await findCredential(url, env))?.token;
  if (key !== undefined) return key;
  throw new BetterBaseError('usage/bad-option', `Nobody is signed in to ${url}.`, {
    hint: `Sign in with \`bb login --url ${url}\`, or add --key or set BETTERBASE_KEY.`,
  });
}

async function runningDevServer(root: string, flags: TargetFlags): Promise<Target> {
  const state = await readDevState(resolve(root, flags.state ?? defaultStateFolder));
  if (state === null || state.pid === null) {
    throw new BetterBaseError('connection/lost', `No bb dev is running for ${root}.`, {
      hint: 'Start it with `bb dev`, or name a server with --url, --key and --project.',
    });
  }
  const { url, project, adminKey, provider } = state;
  const isServed = flags.project === undefined || flags.project === project;
  return {
    url,
    project: parseProjectName(flags.project ?? project),
    key: flags.key ?? adminKey,
    ...(isServed && provider !== undefined ? { provider } : {}),
  };
}

/** `https://host` or `https://host/p/project`. */
export function parseAddress(text: string): { readonly url: string; readonly project: string | undefined } {
  if (!URL.canParse(text)) {
    throw new BetterBaseError('usage/bad-option', `"${text}" is no URL.`, { hint: 'Write it like https://example.workers.dev/p/my-app.' });
  }
  const { origin, pathname } = new URL(text);
  return { url: origin, project: /^\/p\/([^/]+)/.exec(pathname)?.[1] };
}

function missing(flag: string, what: string, variable: string): BetterBaseError {
  return new BetterBaseError('usage/bad-option', `--url needs ${what} beside it.`, { hint: `Add --${flag} or set ${variable}.` });
}
