import { proxyDurable } from 'itty-durable';
import type { ProjectActivity } from '../instance/instance-object.ts';
import type { ProjectEnv } from './project-env.ts';

/** Tells the installation's counters. Counters are not worth failing for. */
export async function reportActivity(env: Pick<ProjectEnv, 'INSTANCE'>, activity: ProjectActivity): Promise<void> {
  try {
    await instanceOf(env).report(activity);
  } catch (failure) {
    console.warn(JSON.stringify({ level: 'warn', message: 'The counters could not be told.', failure: String(failure) }));
  }
}

function instanceOf({ INSTANCE }: Pick<ProjectEnv, 'INSTANCE'>): { report(activity: ProjectActivity): Promise<unknown> } {
  return proxyDurable(INSTANCE).get('instance') as unknown as { report(activity: ProjectActivity): Promise<unknown> };
}
