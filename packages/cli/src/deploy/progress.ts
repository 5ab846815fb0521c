import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '@betterbase/protocol';
import type { AdminClient } from '../admin/admin-client.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Most deployments are over by then. */
const firstLook = 700;
const interval = 500;

/** Waits for a deployment and tells meanwhile how far it has come. */
export async function watchProgress(
  deploying: Promise<Deployment>,
  admin: Pick<AdminClient, 'deployments'>,
  { json = false }: { readonly json?: boolean },
  terminal: Terminal,
): Promise<Deployment> {
  const over = new AbortController();
  const tell = async (): Promise<void> => {
    await sleep(firstLook, undefined, { signal: over.signal });
    for (let told = ''; ; await sleep(interval, undefined, { signal: over.signal })) {
      const pending = (await admin.deployments()).find(({ state }) => state === 'pending');
      if (pending?.progress === undefined) continue;
      const { table, done, total } = pending.progress;
      const text = json ? JSON.stringify({ progress: pending.progress }) : `  ${table}: ${done} of ${total} documents`;
      if (text !== told && !over.signal.aborted) terminal.line(text);
      told = text;
    }
  };
  // What goes wrong while looking is no reason to give up the deployment.
  void tell().catch(() => {});
  try {
    return await deploying;
  } finally {
    over.abort();
  }
}
