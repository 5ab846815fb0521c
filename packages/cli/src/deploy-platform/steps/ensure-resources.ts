/** What the Worker is bound to: found, or made if it is missing. */
import { isRecord } from '../../json/is-record.ts';
import type { Cloudflare } from '../cloudflare.ts';
import { deployFailure } from '../failure.ts';

export type Found = 'was there' | 'created';

export async function ensureDatabase(cloudflare: Cloudflare, name: string): Promise<{ readonly id: string; readonly found: Found }> {
  const there = await findDatabase(cloudflare, name);
  if (there !== null) return { id: there, found: 'was there' };
  const { output } = await cloudflare.run(`The D1 database ${name} could not be created.`, ['d1', 'create', name, '--update-config=false']);
  const id = await findDatabase(cloudflare, name);
  if (id === null)
    throw deployFailure(`The D1 database ${name} was created and is not in the account's list.`, output, 'Run `npm run deploy` again.');
  return { id, found: 'created' };
}

export async function ensureBucket(cloudflare: Cloudflare, name: string): Promise<Found> {
  const { ok } = await cloudflare.try(['r2', 'bucket', 'info', name, '--json']);
  if (ok) return 'was there';
  await cloudflare.run(`The R2 bucket ${name} could not be created.`, ['r2', 'bucket', 'create', name, '--update-config=false']);
  return 'created';
}

export async function ensureQueue(cloudflare: Cloudflare, name: string): Promise<Found> {
  const { ok } = await cloudflare.try(['queues', 'info', name]);
  if (ok) return 'was there';
  await cloudflare.run(`The queue ${name} could not be created.`, ['queues', 'create', name]);
  return 'created';
}

async function findDatabase(cloudflare: Cloudflare, name: string): Promise<string | null> {
  const { stdout, output } = await cloudflare.run('The D1 databases of the account could not be listed.', ['d1', 'list', '--json']);
  const list = parseList(stdout);
  if (list === null) throw deployFailure('wrangler listed the D1 databases in a way this version does not understand.', output);
  const found = list.find((database) => isRecord(database) && database['name'] === name);
  return isRecord(found) && typeof found['uuid'] === 'string' ? found['uuid'] : null;
}

function parseList(text: string): readonly unknown[] | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : null;
  } catch {
    // Not JSON: the caller shows what was printed.
    return null;
  }
}
