/** The end of a project: its clients, its engine, and everything on its disk. */
import type { WireError } from '@betterbase/protocol';
import { toWireError } from './wire-errors.ts';
import type { Project } from './compose/compose-project.ts';

export interface Erased {
  readonly ctx: Pick<DurableObjectState, 'facets' | 'storage' | 'getWebSockets'>;
  readonly project: Project;
}

/** Entries of the audit log must have arrived: nothing would be left to bring them. Null when everything is gone. */
export async function erase({ ctx, project }: Erased): Promise<WireError | null> {
  await project.audit.drain();
  if ((await project.audit.ring()) !== null)
    return {
      code: 'engine/unavailable',
      message: 'The audit log cannot be written at the moment, so the project is kept.',
      hint: 'Delete it again.',
    };
  project.standing.deleted();
  closeAll({ ctx, project });
  // An engine that ran on would write again what is deleted.
  ctx.facets.abort('engine', new Error('The project was deleted.'));
  await ctx.storage.deleteAlarm();
  await ctx.storage.deleteAll();
  await ctx.storage.sync();
  return null;
}

/** Tells everybody who is connected that nobody is let in, those too who have slept through the news. */
export function closeAll({ ctx, project }: Pick<Erased, 'project'> & { readonly ctx: Pick<DurableObjectState, 'getWebSockets'> }): void {
  const error = toWireError(project.standing.refusal());
  project.connections.failAll(error);
  const code = error.code === 'project/suspended' ? 4403 : 4404;
  for (const socket of ctx.getWebSockets()) socket.close(code, error.code);
}

/** Whether nothing is on disk: the platform keeps tables of its own. */
export function isVacant(storage: Pick<DurableObjectStorage, 'sql'>): boolean {
  const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray();
  return tables.length === 0;
}
