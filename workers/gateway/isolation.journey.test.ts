/**
 * One project never sees another: every route that there is, asked about one project with all that another one has. The routes are
 * the router's own (a test compares them), so that new ones are asked as well. And what was shown at all these doors is in no log.
 */
import { type AdminRule, adminRoutes, adminTable } from '@betterbase/protocol/admin';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Answer, adminKey, type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { projectDoors } from './test/project-doors.ts';
import { inviteAs, owner, setUpOwner } from './test/people.ts';

/** Only who may see the project's data is told this. */
const mark = 'lighthouse-ledger';
const [password, secretValue] = ['a password of this journey', 'an environment value of this journey'];
const app = `
import { defineSchema, defineTable, httpAction, httpRouter, internalQuery, mutation, query, v } from './runtime.js';
export const schema = defineSchema({ notes: defineTable({ text: v.string() }) });
const seen = async ({ db, auth }) => auth.userId === null ? [] : await db.query('notes').collect();
const notes = {
  mine: query({ args: {}, handler: seen }),
  get: query({ args: { id: v.id('notes') }, handler: async ({ db, auth }, { id }) => auth.userId === null ? null : await db.get(id) }),
  add: mutation({ args: { text: v.string() }, handler: ({ db }, { text }) => db.insert('notes', { text }) }),
  secret: internalQuery({ args: {}, handler: async ({ db }) => await db.query('notes').collect() }),
};
export const modules = { notes };
export const http = httpRouter();
http.route({ pathPrefix: '/', method: 'GET', handler: httpAction(async ({ auth, runQuery }) => Response.json([auth.userId])) });
`;

interface Holder {
  readonly slug: string;
  readonly keys: Readonly<Record<'admin' | 'secret' | 'publishable', string>>;
  /** Of a user: the session's token, and the short-lived one for functions. */
  readonly session: string;
  readonly access: string;
  /** Of an admin of this project alone. */
  readonly admin: string;
  readonly note: string;
  readonly exported: string;
  readonly keyId: string;
}

let platform: LocalPlatform;
let [harbour, inland]: (Holder | null)[] = [];
const printed: string[] = [];
const logs: string[] = [];

beforeAll(async () => {
  platform = await startLocalPlatform({
    host: 'loader',
    vars: { ENCRYPTION_KEY: 'journey-encryption-key-0123456789abcdef' },
    onLog: (level, message) => printed.push(`${level} ${message}`),
  });
  const first = await setUpOwner(platform);
  harbour = await makeProject('harbour', first);
  inland = await makeProject('inland', first);
});
afterAll(() => platform.stop());

async function makeProject(slug: string, asOwner: string): Promise<Holder> {
  const { body } = await platform.admin('POST', '/projects', { slug });
  await platform.deploy(slug, app);
  await platform.admin('PATCH', `/projects/${slug}/environment`, { set: { SECRET: secretValue } });
  const person = { name: slug, email: `user@${slug}.example`, password };
  const up = await platform.post(`/p/${slug}/auth/sign-up/email`, person, { 'content-type': 'application/json' });
  const { value: note } = (await platform.post(`/p/${slug}/api/mutation`, { path: 'notes:add', args: { text: `${mark} ${slug}` } })).body;
  const exported = (await platform.admin('POST', `/projects/${slug}/exports`)).body.export;
  const keys = (await platform.admin('GET', `/projects/${slug}/keys`)).body.keys;
  return {
    slug,
    keys: body.keys,
    session: up.body.token,
    access: up.body.accessToken,
    admin: await inviteAs(platform, asOwner, { email: `admin@${slug}.example`, role: 'admin', project: slug }),
    note,
    exported,
    keyId: keys[0].id,
  };
}

function made(holder: Holder | null | undefined): Holder {
  if (holder === null || holder === undefined) throw new Error('There is no such project yet.');
  return holder;
}

const credentials = ({ keys, session, access, admin }: Holder): readonly (readonly [what: string, headers: Record<string, string>])[] => [
  ...Object.entries(keys).flatMap(([kind, key]) => [
    [`its ${kind} key`, { authorization: `Bearer ${key}` }] as const,
    [`its ${kind} key as Convex says it`, { authorization: `Convex ${key}` }] as const,
    [`its ${kind} key as apikey`, { apikey: key }] as const,
  ]),
  ['a user’s token', { authorization: `Bearer ${access}` }],
  ['a user’s session', { authorization: `Bearer ${session}` }],
  ['an admin’s session', { authorization: `Bearer ${admin}` }],
  ['an admin’s cookie', { cookie: `__Host-betterbase=${admin}; betterbase=${admin}` }],
];

/** Asks a route about `target` in the way that somebody would who has all that `holder` has. */
async function ask(
  route: { readonly method: string; readonly path: string },
  target: Holder,
  headers: Record<string, string>,
): Promise<Answer> {
  const parts: Record<string, string> = {
    project: target.slug,
    id: target.exported,
    table: 'notes',
    kind: 'query',
    version: '1.45.0',
    path: 'notes/secret',
  };
  const filled = route.path
    .replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) => parts[name] ?? 'x')
    .replaceAll('*', 'x')
    .replace(/(?<=api-keys\/).*/, target.keyId);
  const method = route.method === 'ALL' ? 'GET' : route.method;
  const body = JSON.stringify({
    path: 'notes:secret',
    args: {},
    sql: 'SELECT * FROM notes',
    table: 'notes',
    confirm: target.slug,
    name: 'taken',
    app: '',
  });
  const response = await platform.request(filled, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    redirect: 'manual',
    ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
  });
  return { status: response.status, body: await response.text() };
}

const toRoute = (text: string) => {
  const [method = '', path = ''] = text.split(' ');
  return { method, path };
};

test('a project’s own doors tell nothing to whoever has another’s keys and tokens', async () => {
  const [target, holder] = [made(harbour), made(inland)];
  for (const route of projectDoors.map(toRoute))
    for (const [what, headers] of credentials(holder)) {
      const { status, body } = await ask(route, target, headers);
      const asked = `${route.method} ${route.path} with ${what}`;
      expect([asked, body.includes(mark), body.includes(`user@${target.slug}.example`)]).toEqual([asked, false, false]);
      // Doors that anybody may ask take no notice of who does; functions refuse whoever is not theirs.
      if (/\/(?:query|run|invalidate)\b/.test(route.path) && !what.includes('cookie') && !what.includes('Convex'))
        expect([asked, status]).toEqual([asked, expect.toSatisfy((code: number) => code >= 400)]);
    }
});

test('with its own they do', async () => {
  const target = made(harbour);
  const own = (headers: Record<string, string>, path: string, args = {}) =>
    platform.post(`/p/${target.slug}/api/query`, { path, args }, headers);

  expect(JSON.stringify((await own({ authorization: `Bearer ${target.keys.secret}` }, 'notes:secret')).body)).toContain(mark);
  expect(JSON.stringify((await own({ authorization: `Bearer ${target.access}` }, 'notes:mine')).body)).toContain(mark);
  expect(JSON.stringify((await own({ authorization: `Bearer ${target.access}` }, 'notes:get', { id: target.note })).body)).toContain(mark);
});

test('an id of another project’s names nothing', async () => {
  const [target, holder] = [made(harbour), made(inland)];
  const { body } = await platform.post(
    `/p/${holder.slug}/api/query`,
    { path: 'notes:get', args: { id: target.note } },
    { authorization: `Bearer ${holder.access}` },
  );

  expect(JSON.stringify(body)).not.toContain(mark);
  const lines = await platform.request(`/admin/projects/${holder.slug}/exports/${target.exported}/tables/notes`, {
    headers: { authorization: `Bearer ${holder.keys.admin}` },
  });
  expect(await lines.text()).not.toContain(mark);
});

test('a socket of one project takes no token of another', async () => {
  const [target, holder] = [made(harbour), made(inland)];
  const said = await new Promise<string>((resolve, reject) => {
    const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/p/${target.slug}/api/1.45.0/sync`);
    socket.once('error', reject);
    socket.once('open', () => {
      socket.send(
        JSON.stringify({ type: 'Connect', sessionId: crypto.randomUUID(), connectionCount: 0, lastCloseReason: null, clientTs: 0 }),
      );
      socket.send(JSON.stringify({ type: 'Authenticate', baseVersion: 0, tokenType: 'User', value: holder.access }));
    });
    socket.on('message', (frame) => {
      const text = String(frame);
      if (text.includes('AuthError')) resolve(text);
      socket.close();
    });
  });

  expect(JSON.parse(said)).toMatchObject({ type: 'AuthError' });
  await readLogs();
});

test('the admin API refuses whoever administers another project, and shows them nothing of this one', async () => {
  const [target, holder] = [made(harbour), made(inland)];
  for (const name of adminRoutes) {
    const { scope }: AdminRule = adminTable[name];
    const route = toRoute(name);
    if (scope === 'open') continue;
    // What changes who is asking is asked last, if at all.
    if (/auth\/(?:logout|password)/.test(route.path)) continue;
    for (const [what, headers] of credentials(holder)) {
      const { status, body } = await ask(route, target, headers);
      const asked = `${name} with ${what}`;
      expect([asked, body.includes(mark), body.includes(`@${target.slug}.example`), body.includes(target.keyId) && status < 400]).toEqual([
        asked,
        false,
        false,
        false,
      ]);
      if (scope !== 'own') expect([asked, status]).toEqual([asked, expect.toSatisfy((code: number) => code === 401 || code === 403)]);
    }
  }
  expect((await platform.admin('GET', `/projects/${target.slug}`)).body.project).toMatchObject({
    slug: target.slug,
    name: target.slug,
    suspendedAt: null,
  });
  expect(
    (await platform.admin('GET', `/projects/${target.slug}/keys`)).body.keys.filter(
      (key: { revoked_at: number | null }) => key.revoked_at !== null,
    ),
  ).toEqual([]);
});

/** Now and in the end: a project that sleeps forgets what it has logged. */
async function readLogs(): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}` };
  for (const slug of ['harbour', 'inland']) logs.push(await (await platform.request(`/admin/projects/${slug}/logs`, { headers })).text());
}

test('what was shown at all these doors is in no log', async () => {
  const shown = [harbour, inland].map(made).flatMap(({ keys, session, access, admin }) => [...Object.values(keys), session, access, admin]);
  const secrets = [...shown, password, secretValue, owner.password, adminKey];
  await readLogs();
  const audit = JSON.stringify((await platform.admin('GET', '/audit?limit=200')).body);

  expect(audit).toContain('environment.update');
  expect(logs.join('')).toContain('notes:');
  const told = [...printed, ...logs, audit];
  for (const secret of secrets) expect(told.filter((line) => line.includes(secret))).toEqual([]);
});
