/** The entry of `edge.js`: what runs a project's actions and HTTP routes. */
import { env } from 'cloudflare:workers';
import { type AppSource, edgeClass } from './edge-entrypoint.ts';
import { installProcess } from './guest-process.ts';

/** The entrypoint class for actions and HTTP routes of an app. */
export function createEdge(app: AppSource): ReturnType<typeof edgeClass> {
  installProcess(env, { keepsNode: true });
  return edgeClass(app);
}
