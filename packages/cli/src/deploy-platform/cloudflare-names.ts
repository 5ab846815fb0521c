/** What the installation's parts are called, read from wrangler.toml, where they may be changed. */
import { deployFailure } from './failure.ts';

export interface CloudflareNames {
  readonly worker: string;
  readonly compatibilityDate: string;
  readonly database: string;
  readonly bucket: string;
  readonly queues: readonly string[];
}

/** @throws BetterBaseError `platform/does-not-deploy` when a name is missing */
export function readNames(toml: string): CloudflareNames {
  return {
    worker: valueOf(toml, 'name'),
    compatibilityDate: valueOf(toml, 'compatibility_date'),
    database: valueOf(toml, 'database_name'),
    bucket: valueOf(toml, 'bucket_name'),
    queues: [valueOf(toml, 'queue'), valueOf(toml, 'dead_letter_queue')],
  };
}

function valueOf(toml: string, key: string): string {
  const value = new RegExp(String.raw`^${key}\s*=\s*"([^"]+)"`, 'm').exec(toml)?.[1];
  if (value === undefined)
    throw deployFailure(`wrangler.toml has no ${key}.`, '', 'Put it back: `git diff wrangler.toml` shows what changed.');
  return value;
}
