import { proxyDurable } from 'itty-durable';
import type { InstanceObject } from '../../durable-objects/instance/instance-object.ts';
import type { Env } from '../gateway/env.ts';
import { sweep } from './sweep.ts';

/** Projects that have been silent for longer are not counted any more. */
const silentMilliseconds = 30 * 24 * 60 * 60 * 1000;

/** What happens every hour without anybody asking. */
export async function onSchedule(
  { scheduledTime: now }: Pick<ScheduledController, 'scheduledTime'>,
  env: Pick<Env, 'INSTANCE' | 'DB'>,
): Promise<void> {
  await sweep(env.DB, now);
  await instanceOf(env).forgetSilentSince(now - silentMilliseconds);
}

interface RemoteInstance {
  forgetSilentSince(...args: Parameters<InstanceObject['forgetSilentSince']>): Promise<unknown>;
}

function instanceOf({ INSTANCE }: Pick<Env, 'INSTANCE'>): RemoteInstance {
  const instance: unknown = proxyDurable(INSTANCE).get('instance');
  return instance as RemoteInstance;
}
