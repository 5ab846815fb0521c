/**
 * The Worker with one app compiled in: no Worker Loader, so it runs on any plan. `bb build --static` resolves
 * `betterbase:app` to the app's code, and sets ENGINE_HOST to `static`.
 */
import * as app from 'betterbase:app';
import { createEdge } from '../../durable-objects/engine/edge.ts';
import { store } from '../../durable-objects/engine/embedded.ts';
import { createEngine } from '../../durable-objects/engine/engine.ts';

export { AuthIsolate } from '../auth/isolate.ts';
export * from './index.ts';
export { default } from './index.ts';
export class Engine extends createEngine(app, store) {}
export class Edge extends createEdge(app) {}
