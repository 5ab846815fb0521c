/** The Worker that `*.workers.test.ts` run in: the platform as it is deployed, and a bare object to try storage on. */
import { DurableObject } from 'cloudflare:workers';

export * from '../../workers/gateway/index.ts';
export { default } from '../../workers/gateway/index.ts';

/** An object without behaviour: `runInDurableObject(env.SCRATCH.getByName('…'), (_, state) => …)` gives a test real storage. */
export class ScratchObject extends DurableObject {}
