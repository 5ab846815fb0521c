/**
 * `node bench/users.ts`: what users cost. An authenticated query beside an anonymous one, over HTTP, in turns; and of one sign-in
 * the time that the project's object itself is busy, in which nobody else's calls are served: hashing is elsewhere.
 */
import { performance } from 'node:perf_hooks';
import type { ProjectUsers } from '../durable-objects/project/users/project-users.ts';
import { UsersBench } from '../workers/auth/test/users-bench.ts';
import { identityApp } from '../workers/gateway/test/identity-app.ts';
import { startLocalPlatform } from '../workers/gateway/test/local-platform.ts';

const rounds = Number(process.argv[2] ?? 2_000);
const signIns = 50;

function median(times: number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;
}

async function queries(): Promise<void> {
  const platform = await startLocalPlatform({ host: 'loader', vars: { ENCRYPTION_KEY: 'bench-encryption-key-0123456789abcdef' } });
  try {
    await platform.deploy('app', identityApp([]));
    const fields = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' };
    const signedUp = await platform.post('/p/app/auth/sign-up/email', fields, { 'content-type': 'application/json' });
    const { accessToken } = signedUp.body as { readonly accessToken: string };
    const body = JSON.stringify({ path: 'users:count', args: {} });
    const ask = async (headers: Record<string, string>): Promise<number> => {
      const from = performance.now();
      const response = await platform.request('/p/app/api/query', { method: 'POST', headers, body });
      await response.text();
      if (response.status !== 200) throw new Error(`It answers ${response.status}.`);
      return performance.now() - from;
    };
    const authenticated = { authorization: `Bearer ${accessToken}` };
    const times: { readonly anonymous: number[]; readonly authenticated: number[] } = { anonymous: [], authenticated: [] };
    for (let round = 0; round < rounds; round++) {
      times.anonymous.push(await ask({}));
      times.authenticated.push(await ask(authenticated));
    }
    const [without, withUser] = [median(times.anonymous), median(times.authenticated)];
    console.log(
      `query: anonymous ${without.toFixed(3)} ms, authenticated ${withUser.toFixed(3)} ms, ratio ${(withUser / without).toFixed(3)}`,
    );
  } finally {
    await platform.stop();
  }
}

/** Everything that the object does for a sign-in goes through these. */
function measureObject(users: ProjectUsers): () => number {
  let busy = 0;
  const rows = users.rows.bind(users);
  users.rows = (operation) => {
    const from = performance.now();
    try {
      return rows(operation);
    } finally {
      busy += performance.now() - from;
    }
  };
  for (const name of ['enter', 'succeeded', 'context'] as const) {
    const plain = users[name].bind(users) as (...given: unknown[]) => Promise<unknown>;
    Object.assign(users, {
      [name]: async (...given: unknown[]) => {
        const from = performance.now();
        try {
          return await plain(...given);
        } finally {
          busy += performance.now() - from;
        }
      },
    });
  }
  return () => busy;
}

async function signIn(): Promise<void> {
  const bench = new UsersBench();
  await bench.signUp('ada@example.com');
  const busy = measureObject(bench.users);
  const times: number[] = [];
  const whole = performance.now();
  for (let turn = 0; turn < signIns; turn++) {
    const from = busy();
    const { status } = await bench.post('/sign-in/email', { email: 'ada@example.com', password: 'correct horse battery' });
    if (status !== 200) throw new Error(`It answers ${status}.`);
    times.push(busy() - from);
  }
  const each = (performance.now() - whole) / signIns;
  console.log(`sign-in: the object is busy for ${median(times).toFixed(2)} ms of the ${each.toFixed(0)} ms that it takes`);
}

await signIn();
await queries();
