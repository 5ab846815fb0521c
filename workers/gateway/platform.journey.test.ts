import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { RawSocket } from './test/raw-socket.ts';
import { testApp } from './test/test-app.ts';

describe.each(['loader', 'static'] as const)('with the engine from the %s', (host) => {
  let platform: LocalPlatform;
  beforeAll(async () => {
    platform = await startLocalPlatform({ host, app: testApp });
    if (host === 'loader') await platform.deploy('app', testApp);
  });
  afterAll(() => platform.stop());

  const call = (kind: string, name: string, args: unknown = {}, headers = {}) =>
    platform.post(`/p/app/api/${kind}`, { path: `items:${name}`, args }, headers);

  test('a mutation is seen by the next query, in both shapes and spellings', async () => {
    const added = await call('mutation', 'add', { list: 'shapes', text: 'a' });

    expect(added).toMatchObject({ status: 200, body: { status: 'success', value: expect.stringMatching(/^[0-9a-z]+$/) } });
    expect(await call('query', 'list', { list: 'shapes' })).toEqual({
      status: 200,
      body: { status: 'success', value: ['a'], logLines: [] },
    });
    expect(await platform.post('/p/app/betterbase/query/items/list', { args: { list: 'shapes' } })).toEqual({
      status: 200,
      body: { result: ['a'] },
    });
    expect(await platform.post('/p/app/betterbase/queries/items:list', { args: { list: 'shapes' } })).toEqual({
      status: 200,
      body: { result: ['a'] },
    });
    expect(await platform.post('/p/app/api/query', { path: 'items/list', args: [{ list: 'shapes' }] })).toMatchObject({
      body: { value: ['a'] },
    });
  });

  test('a query that is repeated sees what was written in between', async () => {
    for (const expected of [[], ['1'], ['1', '2']]) {
      expect((await call('query', 'list', { list: 'again' })).body.value).toEqual(expected);
      expect((await call('query', 'list', { list: 'again' })).body.value).toEqual(expected);
      await call('mutation', 'add', { list: 'again', text: String(expected.length + 1) });
    }
  });

  test('values cross the wire encoded and unchanged', async () => {
    const args = { big: { $integer: 'AAAAAAAAAIA=' }, bytes: { $bytes: 'AP8H' }, float: { $float: 'AAAAAAAAAIA=' } };

    expect((await call('query', 'numbers', args)).body.value).toEqual(args);
  });

  test('actions have the network’s time and every function of the project', async () => {
    expect((await call('action', 'addTwice', { list: 'action' })).body).toMatchObject({ status: 'success', value: 'hidden' });
    expect((await call('query', 'list', { list: 'action' })).body.value).toEqual(['one', 'two']);
    expect((await call('action', 'waits')).body.value).toBe(true);
  });

  test('what an action prints is in the log of its call', async () => {
    await call('action', 'addTwice', { list: 'logged' });

    const { body } = await platform.admin('GET', '/projects/app/logs?after=0');
    expect(body).toContain('"path":"items:addTwice"');
    expect(body).toContain('adding twice');
  });

  test('queries have neither network nor moving time', async () => {
    expect(await call('query', 'fetches')).toMatchObject({
      status: 500,
      body: { code: 'function/not-allowed-here', hint: expect.stringContaining('action') },
    });
    expect((await call('query', 'clock')).body.value).toBe(true);
  });

  test('the app’s own routes answer under /http', async () => {
    const hello = await platform.request('/p/app/http/hello?x=1');

    expect([hello.status, hello.headers.get('x-own'), await hello.text()]).toEqual([
      201,
      'yes',
      expect.stringMatching(/^count \d+ \?x=1$/),
    ]);
    expect(await platform.post('/p/app/http/echo/deep/path', 'as it came')).toEqual({ status: 200, body: 'as it came' });
    expect(await platform.post('/p/app/http/nowhere', '')).toMatchObject({ status: 404, body: { code: 'http/not-found' } });
  });

  test('a mutation sent twice under one key is done once', async () => {
    const once = () => call('mutation', 'add', { list: 'keyed', text: 'a' }, { 'idempotency-key': 'key-1' });
    const [first, second] = [await once(), await once()];

    expect(second.body).toEqual(first.body);
    expect((await call('query', 'list', { list: 'keyed' })).body.value).toEqual(['a']);
  });

  describe('bad input over HTTP gets its own code and changes nothing', () => {
    test.each([
      ['an unknown project', '/p/nobody/api/query', { path: 'items:count', args: {} }, 404, 'project/not-found'],
      ['a project name that cannot be', '/p/No_Body/api/query', { path: 'items:count', args: {} }, 400, 'project/bad-name'],
      ['an unknown function', '/p/app/api/query', { path: 'items:nothing', args: {} }, 404, 'function/not-found'],
      ['an internal function', '/p/app/api/query', { path: 'items:secret', args: {} }, 404, 'function/not-found'],
      ['the wrong kind', '/p/app/api/query', { path: 'items:add', args: {} }, 400, 'function/wrong-kind'],
      ['a mutation called as an action', '/p/app/api/action', { path: 'items:add', args: {} }, 400, 'function/wrong-kind'],
      ['a path that is none', '/p/app/api/query', { path: '../../etc', args: {} }, 400, 'function/bad-path'],
      ['no path', '/p/app/api/query', { args: {} }, 400, 'http/bad-body'],
      ['broken JSON', '/p/app/api/query', '{"path": ', 400, 'http/bad-json'],
      ['arguments that do not fit', '/p/app/api/mutation', { path: 'items:add', args: { list: 5 } }, 400, 'arguments/invalid'],
      ['arguments of another form', '/p/app/api/mutation', { path: 'items:add', args: 'text' }, 400, 'arguments/invalid'],
      [
        'an encoding that is none',
        '/p/app/api/query',
        { path: 'items:numbers', args: { big: { $integer: '!' } } },
        400,
        'value/bad-encoding',
      ],
      ['a result over the limit', '/p/app/api/query', { path: 'items:large', args: { length: 17_000_000 } }, 500, 'returns/too-large'],
      ['an error the app throws', '/p/app/api/mutation', { path: 'items:refuse', args: {} }, 400, 'function/app-error'],
      ['an error the app did not mean', '/p/app/api/query', { path: 'items:broken', args: {} }, 500, 'function/threw'],
      ['a place that is none', '/p/app/nowhere', {}, 404, 'http/not-found'],
      ['an unknown kind', '/p/app/betterbase/quarry/items/list', { args: {} }, 404, 'http/not-found'],
    ])('%s', async (_name, path, body, status, code) => {
      const before = (await call('query', 'count')).body.value;

      const answer = await platform.post(path, body);

      expect(answer).toMatchObject({ status, body: { code } });
      expect(answer.body.errorMessage ?? answer.body.error).toEqual(expect.any(String));
      expect((await call('query', 'count')).body.value).toBe(before);
    });

    test('a body over the limit', async () => {
      expect(
        await platform.post('/p/app/api/mutation', { path: 'items:add', args: { list: 'x', text: 'x'.repeat(18_000_000) } }),
      ).toMatchObject({ status: 413, body: { code: 'http/body-too-large' } });
    });

    test('GET where POST is meant', async () => {
      const response = await platform.request('/p/app/api/query');

      expect([response.status, response.headers.get('x-betterbase-error')]).toEqual([405, 'http/method-not-allowed']);
    });

    test('an app error carries its data, and a bug tells strangers nothing', async () => {
      expect((await call('mutation', 'refuse')).body).toMatchObject({ errorData: { reason: 'no' } });
      expect(JSON.stringify((await call('query', 'broken')).body)).not.toContain('secret detail');
    });

    test('the admin API without its key', async () => {
      const get = async (headers = {}) => (await platform.request('/admin/projects', { headers })).headers.get('x-betterbase-error');

      expect([await get(), await get({ authorization: 'Bearer wrong' }), await get({ authorization: 'Basic x' })]).toEqual([
        'auth/required',
        'auth/bad-key',
        'auth/required',
      ]);
    });
  });

  describe('over a socket', () => {
    const open = () => RawSocket.open(`${platform.url}/p/app/realtime`);

    test('a watched query follows the writes of others', async () => {
      const socket = await open();
      await socket.connect();
      socket.send({ type: 'watch', add: [{ id: 1, path: 'items:list', args: { list: 'live' } }], remove: [] });
      const first = await socket.next();
      expect(first).toMatchObject({ type: 'transition', from: 0, changes: [{ id: 1, value: [] }], finished: [] });

      await call('mutation', 'add', { list: 'live', text: 'a' });

      const second = await socket.next();
      expect(second).toMatchObject({
        type: 'transition',
        from: first.type === 'transition' ? first.to : -1,
        changes: [{ id: 1, value: ['a'] }],
      });
      socket.close();
    });

    test('all queries of a client move in one transition, with the mutation that moved them', async () => {
      const socket = await open();
      await socket.connect();
      socket.send({
        type: 'watch',
        add: [
          { id: 1, path: 'items:list', args: { list: 'together' } },
          { id: 2, path: 'items/list', args: { list: 'together' } },
        ],
        remove: [],
      });
      await socket.next();

      socket.send({ type: 'mutation', id: 1, path: 'items:add', args: { list: 'together', text: 'a' } });

      const moved = await socket.next();
      expect(moved).toMatchObject({ type: 'transition', finished: [{ id: 1, value: expect.any(String) }] });
      expect(moved.type === 'transition' ? moved.changes.map((change) => change.id).sort() : []).toEqual([1, 2]);
      socket.close();
    });

    test('a write elsewhere sends nothing', async () => {
      const socket = await open();
      await socket.connect();
      socket.send({ type: 'watch', add: [{ id: 1, path: 'items:list', args: { list: 'quiet' } }], remove: [] });
      await socket.next();

      await call('mutation', 'add', { list: 'loud', text: 'a' });
      socket.send({ type: 'mutation', id: 1, path: 'items:add', args: { list: 'loud', text: 'b' } });

      expect(await socket.next()).toMatchObject({ type: 'transition', changes: [], finished: [{ id: 1 }] });
      socket.close();
    });

    test('mutations run in order, each once, also when they are sent again on a new connection', async () => {
      const socket = await open();
      const { session } = await socket.connect();
      for (let id = 1; id <= 20; id++)
        socket.send({ type: 'mutation', id, path: 'items:add', args: { list: 'ordered', text: String(id) } });
      await socket.next();
      socket.cut();

      const again = await open();
      expect(await again.connect(session)).toMatchObject({ session, resumed: true });
      for (let id = 1; id <= 20; id++) again.send({ type: 'mutation', id, path: 'items:add', args: { list: 'ordered', text: String(id) } });
      const finished: number[] = [];
      while (finished.length < 20) {
        const frame = await again.next();
        if (frame.type === 'transition') finished.push(...frame.finished.map((each) => each.id));
      }

      expect(finished).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
      expect((await call('query', 'list', { list: 'ordered' })).body.value).toEqual(Array.from({ length: 20 }, (_, at) => String(at + 1)));
      again.close();
    });

    test('an answer that the client already holds is not sent again', async () => {
      const socket = await open();
      const { session } = await socket.connect();
      const watch = { id: 1, path: 'items:list', args: { list: 'resumed' } };
      socket.send({ type: 'watch', add: [watch], remove: [] });
      const first = await socket.next();
      const change = first.type === 'transition' ? first.changes[0] : undefined;
      const hash = change !== undefined && 'hash' in change ? change.hash : '';
      socket.cut();

      const again = await open();
      await again.connect(session);
      again.send({ type: 'watch', add: [{ ...watch, hash }], remove: [] });

      expect(await again.next()).toMatchObject({ type: 'transition', changes: [{ id: 1, same: true }] });
      again.close();
    });

    test('an action is run and answered', async () => {
      const socket = await open();
      await socket.connect();
      socket.send({ type: 'action', id: 7, path: 'items:addTwice', args: { list: 'from-socket' } });

      expect(await socket.next()).toMatchObject({ type: 'action-finished', id: 7, value: 'hidden' });
      socket.close();
    });

    test('errors of queries, mutations and actions are answers', async () => {
      const socket = await open();
      await socket.connect();
      socket.send({ type: 'watch', add: [{ id: 1, path: 'items:broken', args: {} }], remove: [] });
      expect(await socket.next()).toMatchObject({ changes: [{ id: 1, error: { code: 'function/threw' } }] });
      socket.send({ type: 'mutation', id: 1, path: 'items:refuse', args: {} });
      expect(await socket.next()).toMatchObject({ finished: [{ id: 1, error: { code: 'function/app-error', data: { reason: 'no' } } }] });
      socket.send({ type: 'action', id: 2, path: 'items:nothing', args: {} });
      expect(await socket.next()).toMatchObject({ type: 'action-finished', id: 2, error: { code: 'function/not-found' } });
      socket.close();
    });

    test.each([
      ['text that is no JSON', '{"type":', 'protocol/bad-message', 4400],
      ['a message of no known type', '{"type":"dance"}', 'protocol/bad-message', 4400],
      ['a watch without arguments', '{"type":"watch","add":[{"id":1}],"remove":[]}', 'protocol/bad-message', 4400],
      ['a binary frame', new Uint8Array([1, 2, 3]), 'protocol/binary-frame', 4400],
      [
        'a frame over the limit',
        `{"type":"mutation","id":1,"path":"items:add","args":{"list":"x","text":"${'x'.repeat(9_000_000)}"}}`,
        'protocol/frame-too-large',
        4413,
      ],
      [
        'a subscription id used twice',
        '{"type":"watch","add":[{"id":1,"path":"items:count","args":{}},{"id":1,"path":"items:count","args":{}}],"remove":[]}',
        'protocol/duplicate-id',
        4400,
      ],
      ['removal of what is not watched', '{"type":"watch","add":[],"remove":[9]}', 'protocol/unknown-id', 4400],
      ['a second connect', '{"type":"connect","protocol":1,"session":null,"version":0,"client":"x"}', 'protocol/bad-message', 4400],
    ])('%s ends the connection with its own code', async (_name, frame, code, closeCode) => {
      const socket = await open();
      await socket.connect();

      socket.sendRaw(frame);

      let last = await socket.next();
      while (last.type === 'transition') last = await socket.next();
      expect(last).toMatchObject({ type: 'fatal', error: { code } });
      expect((await socket.closed()).code).toBe(closeCode);
    });

    test('whoever does not connect first, or is newer than the server, is told so', async () => {
      const early = await open();
      early.send({ type: 'mutation', id: 1, path: 'items:add', args: { list: 'x', text: 'x' } });
      expect(await early.next()).toMatchObject({ type: 'fatal', error: { code: 'protocol/not-connected' } });

      const newer = await open();
      newer.send({ type: 'connect', protocol: 99, session: null, version: 0, client: 'x' });
      expect(await newer.next()).toMatchObject({ type: 'fatal', error: { code: 'protocol/version-unsupported' } });
      expect((await newer.closed()).code).toBe(4426);
    });

    test('a session that nobody knows is not resumed', async () => {
      const socket = await open();

      expect(await socket.connect('made-up-session')).toMatchObject({
        resumed: false,
        session: expect.not.stringMatching('made-up-session'),
      });
      socket.close();
    });

    test('a ping is answered', async () => {
      const socket = await open();
      await socket.connect();
      socket.sendRaw('ping');
      socket.send({ type: 'watch', add: [{ id: 1, path: 'items:count', args: {} }], remove: [] });

      expect(await socket.next()).toMatchObject({ type: 'transition' });
      socket.close();
    });
  });
});
