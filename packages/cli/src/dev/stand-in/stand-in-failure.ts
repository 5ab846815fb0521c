import manifest from '@betterbase/stand-ins/package.json' with { type: 'json' };
import type { FromStandIn } from './stand-in-messages.ts';

/** What is said of a stand-in that does not start. Its heavy parts are not installed with `bb`; without one there is a way to get it. */
export function standInFailure(error: unknown): Extract<FromStandIn, { type: 'failed' }> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const missing = code === 'ERR_MODULE_NOT_FOUND' ? missingPackages(message) : [];
  if (missing.length === 0)
    return {
      type: 'failed',
      message,
      hint: 'Start `bb dev` again, or set the values of a database of your own: `bb dev --no-stand-in`, then `bb env set`.',
      isPortTaken: code === 'EADDRINUSE',
    };
  return {
    type: 'failed',
    message: `${missing.map(([name]) => name).join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed.`,
    hint: `Run \`npm install --save-dev ${missing.map(([name, version]) => `${name}@${version}`).join(' ')}\` in the app’s folder.`,
    isPortTaken: false,
  };
}

/** The one that was looked for, and those of the same maker: whoever lacks one lacks all. */
function missingPackages(message: string): readonly (readonly [string, string])[] {
  const name = /Cannot find package '([^']+)'/.exec(message)?.[1];
  if (name === undefined) return [];
  const scope = name.split('/')[0] ?? name;
  return Object.entries(manifest.peerDependencies).filter(([known]) => known.split('/')[0] === scope);
}
