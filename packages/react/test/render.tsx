import { type BetterBaseClient, createClient } from '@betterbase/client';
import { FakePlatform, ScriptedServer } from '@betterbase/testing/fake-server';
import { act, type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onTestFinished } from 'vitest';
import { BetterBaseReactProvider } from '../src/index.ts';

export interface Stage {
  readonly client: BetterBaseClient;
  readonly server: ScriptedServer;
  readonly platform: FakePlatform;
  /** What the page says. */
  text(): string;
  /** Renders this below the provider, in the same place each time. */
  show(content: ReactNode): Promise<void>;
  /** Lets this happen, and React finish with it. */
  during(happening: () => unknown): Promise<void>;
}

/** A page in StrictMode with a client whose server says what the test tells it to. */
export function createStage(): Stage {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  const server = new ScriptedServer();
  const platform = new FakePlatform({ server });
  const client = createClient({ url: 'https://example.test/p/shop', platform });
  const container = document.createElement('div');
  const root = createRoot(container, { onUncaughtError: () => {}, onCaughtError: () => {} });
  const during = (happening: () => unknown): Promise<void> =>
    act(async () => {
      await happening();
      await platform.advance(0);
    });
  onTestFinished(() => during(() => root.unmount()));
  const show = (content: ReactNode): Promise<void> =>
    during(() =>
      root.render(
        <StrictMode>
          <BetterBaseReactProvider client={client}>{content}</BetterBaseReactProvider>
        </StrictMode>,
      ),
    );
  return { client, server, platform, text: () => container.textContent, show, during };
}

/** What a component had in its newest render. Components give it in an effect. */
export class Held<T> {
  #value: T | undefined;

  take(value: T): void {
    this.#value = value;
  }

  get now(): T {
    if (this.#value === undefined) throw new Error('Nothing has been rendered.');
    return this.#value;
  }
}
