/** The Worker: every request, delivery and scheduled moment comes in here. Wiring only. */
import { deliver } from '../delivery/deliver.ts';
import { onSchedule } from '../schedule/on-schedule.ts';
import { createApp } from './app.ts';
import type { Env } from './env.ts';

export { InstanceObject } from '../../durable-objects/instance/instance-object.ts';
export { ProjectObject } from '../../durable-objects/project/project-object.ts';
export { ActionRunner } from './action-runner.ts';
export { ProviderGate } from './provider/provider-gate.ts';
export { AuditWriter } from './audit-writer.ts';
export { TokenChecker } from './token-checker.ts';

const app = createApp();

export default {
  fetch: (request, env, context) => app.fetch(request, env, context),
  queue: deliver,
  scheduled: onSchedule,
} satisfies ExportedHandler<Env>;
