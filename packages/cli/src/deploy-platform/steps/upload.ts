import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '../../json/is-record.ts';
import type { Cloudflare } from '../cloudflare.ts';
import { deployFailure } from '../failure.ts';
import { deployConfig } from './write-config.ts';

/** Uploads the Worker and, in the same step, new secrets. Returns the address it has now. */
export async function upload(cloudflare: Cloudflare, newSecrets: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'betterbase-upload-'));
  try {
    const report = join(folder, 'report.ndjson');
    const secrets = join(folder, 'secrets.json');
    const hasNew = Object.keys(newSecrets).length > 0;
    if (hasNew) await writeFile(secrets, JSON.stringify(newSecrets), { mode: 0o600 });
    const args = ['deploy', '--config', deployConfig, ...(hasNew ? ['--secrets-file', secrets] : [])];
    const { output } = await cloudflare.run('The Worker was not accepted.', args, { WRANGLER_OUTPUT_FILE_PATH: report });
    const url = addressIn(await readFile(report, 'utf8').catch(() => ''));
    if (url !== null) return url;
    throw deployFailure('The Worker is uploaded and has no address.', output, 'Set `workers_dev = true` or a route in wrangler.toml.');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The first address in wrangler's report, one JSON object a line. */
function addressIn(report: string): string | null {
  const targets = report.split('\n').flatMap((line) => {
    const entry: unknown = line.trim() === '' ? null : JSON.parse(line);
    return isRecord(entry) && entry['type'] === 'deploy' && Array.isArray(entry['targets']) ? entry['targets'].map(String) : [];
  });
  for (const target of targets) {
    const host = /^(?:https:\/\/)?((?:[a-z0-9-]+\.)+[a-z]+)(?![\w@])/i.exec(target)?.[1];
    if (host !== undefined) return `https://${host}`;
  }
  return null;
}
