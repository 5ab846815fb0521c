/**
 * The Worker with one app compiled in: no Worker Loader, so it runs on any plan. `bb build --static` resolves
 * `betterbase:app` to the app's code, and sets ENGINE_HOST to `static`.
 */
import * as app from 'betterbase:app';
import { createEdge, createEngine } from '../../durable-objects/engine/runtime.ts';

export * from './index.ts';
export { default } from './index.ts';
export class Engine extends createEngine(app) {}
export class Edge extends createEdge(app) {}
