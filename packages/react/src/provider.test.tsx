// @vitest-environment happy-dom
import type { BetterBaseClient } from '@betterbase/client';
import { FakePlatform, ScriptedServer } from '@betterbase/testing/fake-server';
import { Activity, act, type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { createStage } from '../test/render.tsx';
import { todos } from '../test/todos.ts';
import { BetterBaseReactProvider, BetterbaseProvider, useClient, useConnectionState, useIaC, useQuery } from './index.ts';

test('a provider with a url has a client of its own, which survives StrictMode and ends with it', () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.useFakeTimers();
  const clients = new Set<BetterBaseClient>();
  const platform = new FakePlatform({ server: new ScriptedServer() });
  const Collector = (): ReactNode => {
    const client = useClient();
    clients.add(client);
    return client.connectionState().phase;
  };
  // StrictMode runs effects twice only where it is what the root renders.
  const app = (url: string): ReactNode => (
    <StrictMode>
      <BetterBaseReactProvider url={url} platform={platform}>
        <Collector />
      </BetterBaseReactProvider>
    </StrictMode>
  );
  const root = createRoot(document.createElement('div'));
  act(() => root.render(app('https://one.test/p/a')));
  vi.runAllTimers();
  act(() => root.render(app('https://one.test/p/a')));
  const [first] = clients;
  expect(first?.connectionState().phase).toBe('idle');

  act(() => root.render(app('https://two.test/p/b')));
  vi.runAllTimers();
  expect(first?.connectionState().phase).toBe('closed');
  const last = [...clients].at(-1);
  expect(last?.url).toBe('https://two.test/p/b');
  expect(last?.connectionState().phase).toBe('idle');

  act(() => root.unmount());
  vi.runAllTimers();
  expect(last?.connectionState().phase).toBe('closed');
  vi.useRealTimers();
});

test('a provider that was hidden for a while has an open client when it is shown again', () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  vi.useFakeTimers();
  const platform = new FakePlatform({ server: new ScriptedServer() });
  const container = document.createElement('div');
  const Phase = (): ReactNode => useClient().connectionState().phase;
  const app = (mode: 'visible' | 'hidden'): ReactNode => (
    <Activity mode={mode}>
      <BetterBaseReactProvider url="https://one.test/p/a" platform={platform}>
        <Phase />
      </BetterBaseReactProvider>
    </Activity>
  );
  const root = createRoot(container);
  act(() => root.render(app('visible')));
  act(() => root.render(app('hidden')));
  vi.runAllTimers();
  act(() => root.render(app('visible')));

  expect(container.textContent).toBe('idle');
  act(() => root.unmount());
  vi.useRealTimers();
});

test('the older form, with a config and a project, is understood', () => {
  const Url = (): ReactNode => useIaC().config.url;

  const html = renderToString(
    <BetterbaseProvider config={{ url: 'https://one.test', projectSlug: 'shop' }}>
      <Url />
    </BetterbaseProvider>,
  );

  expect(html).toBe('https://one.test/p/shop');
});

test('a page rendered on a server is loading, and asks nothing', () => {
  const server = new ScriptedServer();
  const Count = (): ReactNode => useQuery(todos.count).status;

  const html = renderToString(
    <BetterBaseReactProvider url="https://one.test/p/a" platform={new FakePlatform({ server })}>
      <Count />
    </BetterBaseReactProvider>,
  );

  expect(html).toBe('loading');
  expect(server.sockets).toEqual([]);
});

test('useIaC gives functions that work without their client', async () => {
  const { client, server, show, during } = createStage();
  let call: Promise<string> | undefined;
  const App = (): ReactNode => {
    const { mutation } = useIaC();
    call ??= mutation(todos.add, { owner: 'ann', text: 'milk' });
    return null;
  };
  await show(<App />);
  await during(() => server.greet());
  await during(() => server.say({ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, value: 'id' }] }));

  await expect(call).resolves.toBe('id');
  expect(client.connectionState().mutationsInFlight).toBe(0);
});

test('the connection state is shown as it changes', async () => {
  const { client, server, text, show, during } = createStage();
  const Banner = (): ReactNode => useConnectionState().phase;
  await show(<Banner />);
  expect(text()).toBe('idle');

  await during(() => client.watch(todos.count, {}));
  await during(() => server.greet());
  expect(text()).toBe('connected');
  await during(() => server.socket.cut());
  expect(text()).toBe('waiting');
});
