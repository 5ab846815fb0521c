/** `bb dev` on a fresh app, as its author sees it. The platform is the real one, in workerd. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Program } from '@betterbase/testing/process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDevState } from '../src/workspace/dev-state.ts';
import { bb, launcher } from './bb.ts';
import { DevServer } from './dev-server.ts';

let folder: string;
let server: DevServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bb-dev-'));
  server = await DevServer.start(folder);
});

afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

test('a fresh app answers over HTTP, and its calls are printed', async () => {
  const added = await server.call('mutation', 'mutations/todos:add', { text: 'Water the plants' });
  const listed = await server.call('query', 'queries/todos:list');

  expect(added).toMatchObject({ status: 'success', value: expect.any(String) });
  expect(listed).toMatchObject({ status: 'success', value: [{ _id: added.value, text: 'Water the plants', done: false }] });
  await server.next(/mutation mutations\/todos:add +\d+\.\d ms/);
  await server.next(/query {4}queries\/todos:list +\d+\.\d ms/);
});

test('a saved change is served', async () => {
  const path = 'betterbase/queries/greeting.ts';
  const greeting = (text: string): string => `import { query } from '../_generated/server';\nexport const say = query(() => '${text}');\n`;

  await server.save(path, greeting('hello'));
  expect(await server.call('query', 'queries/greeting:say')).toMatchObject({ value: 'hello' });
  await server.save(path, greeting('good evening'));
  expect(await server.call('query', 'queries/greeting:say')).toMatchObject({ value: 'good evening' });
});

test('environment values are set by name, from a file or from standard input, and functions find them', async () => {
  await server.save(
    'betterbase/queries/env.ts',
    "import { env } from '@betterbase/core';\nimport { query } from '../_generated/server';\nexport const all = query(() => [env['ONE'] ?? null, env['TWO'] ?? null, env['THREE'] ?? null]);\n",
  );
  await writeFile(join(server.app, 'values.env'), '# a comment\nTWO="two words"\n');

  expect(await server.bb('env', 'set', 'ONE=1', '--file', 'values.env')).toMatchObject({ code: 0, out: '✔ set TWO, ONE\n' });
  expect(await bb(['env', 'set', 'THREE'], { cwd: server.app, input: 'from stdin\n' })).toMatchObject({ code: 0 });
  expect(await server.call('query', 'queries/env:all')).toMatchObject({ value: ['1', 'two words', 'from stdin'] });
  const { out: listed } = await server.bb('env', 'list');
  expect(listed).toMatch(/^ONE +set .*\nTHREE +set .*\nTWO +set /);
  expect(listed).not.toContain('words');

  await server.bb('env', 'unset', 'ONE', 'TWO', 'THREE');
  expect(await server.call('query', 'queries/env:all')).toMatchObject({ value: [null, null, null] });
});

test('each of many saves is deployed, one after the other', async () => {
  for (let round = 0; round < 5; round += 1) {
    await server.save(
      'betterbase/queries/round.ts',
      `import { query } from '../_generated/server';\nexport const round = query(() => ${round});\n`,
    );
    expect(await server.call('query', 'queries/round:round')).toMatchObject({ value: round });
  }
});

test('types and the context file follow the code', async () => {
  await server.save('betterbase/queries/later.ts', "import { query } from '../_generated/server';\nexport const later = query(() => 1);\n");
  await sleep(500);

  expect(await readFile(join(server.app, 'betterbase/_generated/api.d.ts'), 'utf8')).toContain('"queries/later"');
  expect(await readFile(join(server.app, '.betterbase-context.json'), 'utf8')).toContain('api.queries.later.later');
});

test('a syntax error is shown with file, line and frame, and the last good version serves', async () => {
  await writeFile(join(server.app, 'betterbase/queries/round.ts'), 'export const broken = {;\n');

  await server.next(/bundle\/bad-code .*\(betterbase\/queries\/round\.ts:1:24\)[\s\S]*> 1 \| export const broken = \{;/);
  expect(await server.call('query', 'queries/todos:list')).toMatchObject({ status: 'success' });

  await server.save(
    'betterbase/queries/round.ts',
    "import { query } from '../_generated/server';\nexport const round = query(() => 'fixed');\n",
  );
  expect(await server.call('query', 'queries/round:round')).toMatchObject({ value: 'fixed' });
});

test('code that throws outside of functions is refused, and the last good version serves', async () => {
  await writeFile(join(server.app, 'betterbase/queries/round.ts'), "throw new Error('much too early');\n");

  await server.next(/deployment\/does-not-load .*much too early \(betterbase\/queries\/round\.ts:1:7\)[\s\S]*> 1 \| throw new Error/);
  expect(await server.call('query', 'queries/round:round')).toMatchObject({ value: 'fixed' });
  await server.save(
    'betterbase/queries/round.ts',
    "import { query } from '../_generated/server';\nexport const round = query(() => 'mended');\n",
  );
});

test('a schema that names an unknown field is refused with its own code', async () => {
  const path = join(server.app, 'betterbase/schema.ts');
  const schema = await readFile(path, 'utf8');

  await writeFile(path, schema.replace("['done']", "['dome']"));
  await server.next(/schema\/bad-index .*dome.*betterbase\/schema\.ts:\d+/);

  await server.save('betterbase/schema.ts', schema);
});

test('a schema that existing documents break is refused, and the last good version serves', async () => {
  const path = join(server.app, 'betterbase/schema.ts');
  const schema = await readFile(path, 'utf8');

  await writeFile(path, schema.replace('text: v.string()', 'text: v.string(), due: v.number()'));
  await server.next(/schema\/documents-break-it/);

  expect(await server.call('query', 'queries/todos:list')).toMatchObject({ value: [{ text: 'Water the plants' }] });
  await server.save('betterbase/schema.ts', schema);
});

test("a function that throws is shown in the author's own file", async () => {
  await server.save(
    'betterbase/queries/throws.ts',
    "import { query } from '../_generated/server';\n\nexport const deep = query(() => {\n  return inner();\n});\n\nfunction inner(): never {\n  throw new Error('deep inside');\n}\n",
  );

  expect(await server.call('query', 'queries/throws:deep')).toMatchObject({ status: 'error' });
  await server.next(
    /function\/threw .*deep inside[\s\S]*> +8 \| {3}throw new Error\('deep inside'\);[\s\S]*at inner \(betterbase\/queries\/throws\.ts:8:9\)/,
  );
});

test('what a function prints is shown with its call', async () => {
  await server.save(
    'betterbase/queries/prints.ts',
    "import { query } from '../_generated/server';\nexport const it = query(() => {\n  console.warn('seen', { a: 1 });\n  return null;\n});\n",
  );
  await server.call('query', 'queries/prints:it');

  await server.next(/queries\/prints:it +\d+\.\d ms\n +warn +seen .*a.*1/);
});

test('other commands find the server without flags', async () => {
  const ran = await server.bb('run', 'queries/todos:open');
  const refused = await server.bb('run', 'mutations/todos:add', '{"text":1}');
  const ownError = await server.bb('run', 'mutations/todos:add', '{"text":" "}', '--json');
  const deployed = await server.bb('deploy', '--json', '--project', 'other', '-m', 'by hand');
  const logged = await server.bb('logs', '--json');

  expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\n$/) });
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('arguments/invalid') });
  expect(ownError.code).toBe(1);
  expect(JSON.parse(ownError.out)).toMatchObject({ error: { code: 'function/app-error', data: 'A todo needs some text.' } });
  expect(JSON.parse(deployed.out)).toMatchObject({ deployment: { state: 'active', message: 'by hand' } });
  expect(
    logged.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  ).toContainEqual(expect.objectContaining({ path: 'queries/todos:open', kind: 'query' }));
});

test('a watched query is printed again when it changes', async () => {
  const watch = new Program(process.execPath, [launcher, 'run', 'queries/todos:open', '--watch', '--json'], { cwd: server.app });
  await watch.until(/\{"ok":true,"value":1\}/);

  const { value } = await server.call('mutation', 'mutations/todos:add', { text: 'Seen' });
  await watch.until(/\{"ok":true,"value":2\}/);
  await server.call('mutation', 'mutations/todos:remove', { id: value });
  await watch.until(/"value":2\}\n\{"ok":true,"value":1\}/);

  await watch.kill();
});

test('a second bb dev of the same app is refused, and one on a port in use', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const address = blocker.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  expect(await server.bb('dev', '--port', String(port))).toMatchObject({ code: 1, err: expect.stringContaining('dev/already-running') });
  expect(await server.bb('dev', '--port', String(port), '--state', 'other')).toMatchObject({
    code: 1,
    err: expect.stringContaining(`Port ${port} is in use`),
  });
  blocker.close();
});

test('a query that loops is named, the runtime is back within 5 s, and the data is there', async () => {
  await server.save(
    'betterbase/queries/loops.ts',
    "import { query } from '../_generated/server';\nexport const forever = query(() => {\n  for (;;);\n});\n",
  );
  const startedAt = performance.now();

  const lost = server.call('query', 'queries/loops:forever').catch((error: unknown) => error);
  await server.next(/queries\/loops:forever \(query\) held the runtime/);
  await server.next(/serving again/);

  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(await server.call('query', 'queries/todos:list')).toMatchObject({ value: [{ text: 'Water the plants' }] });
  await lost;
});

test('a mutation that looped is not run again when it is sent again', async () => {
  await server.save(
    'betterbase/mutations/loops.ts',
    "import { mutation } from '../_generated/server';\nexport const forever = mutation(async (ctx) => {\n  await ctx.db.insert('todos', { text: 'never', done: false });\n  for (;;);\n});\n",
  );
  const send = () => server.call('mutation', 'mutations/loops:forever', {}, { 'idempotency-key': 'one-loop' });

  const lost = send().catch((error: unknown) => error);
  await server.next(/mutations\/loops:forever \(mutation\) held the runtime/);
  await server.back();
  await lost;
  const again = await send();

  expect(again).toMatchObject({ status: 'error', code: 'function/timed-out' });
  expect(await server.call('query', 'queries/todos:list')).toMatchObject({ value: [{ text: 'Water the plants' }] });
});

test('an action that loops is named too', async () => {
  await server.save(
    'betterbase/actions/loops.ts',
    "import { action } from '../_generated/server';\nexport const forever = action(async () => {\n  await new Promise((done) => setTimeout(done, 500));\n  for (;;);\n});\n",
  );

  const lost = server.call('action', 'actions/loops:forever').catch((error: unknown) => error);
  await server.call('query', 'queries/todos:list');
  await server.next(/actions\/loops:forever \(action\) held the runtime/);
  await server.back();
  await lost;
});

test('code that loops while it loads is given up, and the last good version serves, also after a new start', async () => {
  const path = join(server.app, 'betterbase/queries/round.ts');
  await writeFile(path, 'for (;;);\nexport const x = 1;\n');

  await server.next(/The code outside of functions held the runtime/);
  await server.back();
  expect(await server.call('query', 'queries/round:round')).toMatchObject({ value: 'mended' });

  await server.restart();
  expect(await server.call('query', 'queries/round:round')).toMatchObject({ value: 'mended' });

  await server.save(
    'betterbase/queries/round.ts',
    "import { query } from '../_generated/server';\nexport const round = query(() => 'once more');\n",
  );
  expect(await server.call('query', 'queries/round:round')).toMatchObject({ value: 'once more' });
});

test('after a power cut everything is there', async () => {
  await server.call('mutation', 'mutations/todos:add', { text: 'Second' });

  await server.restart();

  expect(await server.call('query', 'queries/todos:list')).toMatchObject({ value: [{ text: 'Second' }, { text: 'Water the plants' }] });
});

test('killing bb dev leaves nothing on its port', async () => {
  await server.kill();

  await expect
    .poll(
      () =>
        fetch(`${server.url}/health`).then(
          () => 'answers',
          () => 'gone',
        ),
      { timeout: 5000 },
    )
    .toBe('gone');
  expect(await readDevState(join(server.app, '.betterbase'))).toMatchObject({ pid: null });
});

test('--once deploys and ends, with 1 if the code is wrong', async () => {
  const good = await server.bb('dev', '--port', String(server.port), '--once', '--json');
  await writeFile(join(server.app, 'betterbase/schema.ts'), 'export default 1 +;');
  const bad = await server.bb('dev', '--port', String(server.port), '--once', '--state', '.other');

  expect(good.code).toBe(0);
  expect(
    good.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  ).toEqual([expect.objectContaining({ event: 'deployed' }), { event: 'ready', url: server.url }]);
  expect(bad).toMatchObject({ code: 1, err: expect.stringContaining('bundle/bad-code') });
});
