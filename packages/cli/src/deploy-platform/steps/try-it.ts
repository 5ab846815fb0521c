import type { Workshop } from '../workshop.ts';

export type Answering = 'it answers' | 'it answers and takes the key' | 'it does not take the key' | 'no answer yet';

const attempts = 20;
const pause = 3000;

/** Asks the new address until it answers: a first deployment takes up to a minute to be known everywhere. */
export async function tryIt(workshop: Workshop, url: string, key: string | null): Promise<Answering> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if ((await workshop.status(`${url}/health`)) === 200) return key === null ? 'it answers' : tryKey(workshop, url, key);
    if (attempt < attempts) await workshop.wait(pause);
  }
  return 'no answer yet';
}

async function tryKey(workshop: Workshop, url: string, key: string): Promise<Answering> {
  const status = await workshop.status(`${url}/admin/projects`, key);
  return status === 401 ? 'it does not take the key' : 'it answers and takes the key';
}
