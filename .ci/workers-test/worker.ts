/** The Worker that `*.workers.test.ts` run in: the platform's own objects and a bare one to try storage on. */
import { DurableObject } from 'cloudflare:workers';

/** An object without behaviour: `runInDurableObject(env.SCRATCH.getByName('…'), (_, state) => …)` gives a test real storage. */
export class ScratchObject extends DurableObject {}

export default {
  fetch(): Response {
    return new Response('This Worker only carries tests.', { status: 404 });
  },
};
