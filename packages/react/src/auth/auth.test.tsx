// @vitest-environment happy-dom
import { Component, type ReactNode } from 'react';
import { expect, test } from 'vitest';
import { createStage, type Stage } from '../../test/render.tsx';
import { todos } from '../../test/todos.ts';
import { useConvexAuth } from '../convex/index.ts';
import {
  Authenticated,
  AuthLoading,
  AuthRefreshing,
  BetterBaseAuthProvider,
  type IssuerAuth,
  Unauthenticated,
  useAuth,
  useQuery,
} from '../index.ts';

const transition = { type: 'transition', from: 0, to: 1, changes: [], finished: [] } as const;

/** What an issuer's hook says, in the hands of the test. */
function issuerOf(given: Partial<IssuerAuth> = {}): IssuerAuth {
  return { isLoading: false, isAuthenticated: true, fetchAccessToken: async () => 'token', ...given };
}

const Secret = (): ReactNode => `secret ${JSON.stringify(useQuery(todos.count).data)}`;

function page(stage: Stage, issuer: IssuerAuth): Promise<void> {
  return stage.show(
    <BetterBaseAuthProvider client={stage.client} useAuth={() => issuer}>
      <AuthLoading>loading</AuthLoading>
      <Unauthenticated>stranger</Unauthenticated>
      <Authenticated>
        <Secret />
        <AuthRefreshing> refreshing</AuthRefreshing>
      </Authenticated>
    </BetterBaseAuthProvider>,
  );
}

test('what is for users is not shown, and asks nothing, before the server has confirmed the user', async () => {
  const stage = createStage();
  const { server, text, during } = stage;
  await page(stage, issuerOf());
  expect(text()).toBe('loading');
  await during(() => server.greet());
  const said = server.take();
  expect(said).toMatchObject([{ type: 'connect' }, { type: 'authenticate', token: 'token' }]);

  const { id: identity } = said.find((message) => message !== 'ping' && message.type === 'authenticate') as { readonly id: number };
  await during(() => server.say({ ...transition, identity }));
  expect(text()).toBe('secret undefined');
  expect(server.take()).toMatchObject([{ type: 'watch', add: [{ path: 'todos:count' }] }]);
});

test('what everybody sees is asked as the user from the first moment', async () => {
  const stage = createStage();
  const issuer = issuerOf();
  await stage.show(
    <BetterBaseAuthProvider client={stage.client} useAuth={() => issuer}>
      <Secret />
    </BetterBaseAuthProvider>,
  );
  await stage.during(() => stage.server.greet());
  expect(stage.server.take()).toMatchObject([{ type: 'connect' }, { type: 'authenticate' }, { type: 'watch' }]);
});

test('while the issuer is not sure nothing is known, and a user who is none is a stranger', async () => {
  const stage = createStage();
  await page(stage, issuerOf({ isLoading: true, isAuthenticated: false }));
  expect(stage.text()).toBe('loading');
  await page(stage, issuerOf({ isAuthenticated: false }));
  expect(stage.text()).toBe('stranger');
});

test('a user without a token is a stranger', async () => {
  const stage = createStage();
  await page(stage, issuerOf({ fetchAccessToken: async () => null }));
  expect(stage.text()).toBe('stranger');
});

test('signing out shows the stranger at once, and tells the server', async () => {
  const stage = createStage();
  const { server, text, during } = stage;
  const issuer = issuerOf();
  await page(stage, issuer);
  await during(() => server.greet());
  const { id: identity } = server.take().find((message) => message !== 'ping' && message.type === 'authenticate') as {
    readonly id: number;
  };
  await during(() => server.say({ ...transition, identity }));
  server.take();

  await page(stage, { ...issuer, isAuthenticated: false });
  expect(text()).toBe('stranger');
  expect(server.take()).toContainEqual({ type: 'authenticate', id: identity + 1, token: null });
});

test('another function to fetch tokens is another user: loading until the server confirms', async () => {
  const stage = createStage();
  const { server, text, during } = stage;
  await page(stage, issuerOf());
  await during(() => server.greet());
  const first = server.take().find((message) => message !== 'ping' && message.type === 'authenticate') as { readonly id: number };
  await during(() => server.say({ ...transition, identity: first.id }));

  await page(stage, issuerOf({ fetchAccessToken: async () => 'of another' }));
  expect(text()).toBe('loading');
  const said = server.take().filter((message) => message !== 'ping' && message.type === 'authenticate');
  expect(said.at(-1)).toMatchObject({ token: 'of another' });
});

test('outside of a provider that knows, it says so', async () => {
  const { text, show } = createStage();
  class Boundary extends Component<{ readonly children: ReactNode }> {
    override state = { message: '' };
    static getDerivedStateFromError = (error: Error): { message: string } => ({ message: error.message });
    override render(): ReactNode {
      return this.state.message === '' ? this.props.children : this.state.message;
    }
  }
  const Asks = (): ReactNode => String(useAuth().isLoading);
  await show(
    <Boundary>
      <Asks />
    </Boundary>,
  );
  expect(text()).toBe('This component is not inside of a <BetterBaseAuthProvider>.');
  expect(useConvexAuth).toBe(useAuth);
});
