/** The Worker: every request comes in here and goes to its project's object. Wiring only. */
import { createApp } from './app.ts';
import type { Env } from './env.ts';

export { InstanceObject } from '../../durable-objects/instance/instance-object.ts';
export { ProjectObject } from '../../durable-objects/project/project-object.ts';
export { ActionRunner } from './action-runner.ts';

const app = createApp();

export default {
  fetch: (request, env, context) => app.fetch(request, env, context),
} satisfies ExportedHandler<Env>;
