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

export function ensureBucket(cloudflare: Cloudflare, name: string): Promise<Found> {
  const create = ['r2', 'bucket', 'create', name, '--update-config=false'];
  return ensure(cloudflare, {
    ask: ['r2', 'bucket', 'info', name, '--json'],
    create,
    problem: `The R2 bucket ${name} could not be created.`,
  });
}

export function ensureQueue(cloudflare: Cloudflare, name: string): Promise<Found> {
  return ensure(cloudflare, {
    ask: ['queues', 'info', name],
    create: ['queues', 'create', name],
    problem: `The queue ${name} could not be created.`,
  });
}

interface Resource {
  readonly ask: readonly string[];
  readonly create: readonly string[];
  readonly problem: string;
}

async function ensure(cloudflare: Cloudflare, { ask, create, problem }: Resource): Promise<Found> {
  if ((await cloudflare.try(ask)).ok) return 'was there';
  const { ok, output } = await cloudflare.try(create);
  if (ok) return 'created';
  // A token that may make things and not ask about them is enough.
  if (/already (exists|taken|own)/i.test(output)) return 'was there';
  throw deployFailure(problem, output);
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
