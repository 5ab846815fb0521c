import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { OwnChild } from './own-child.ts';
import type { FromRuntime, RuntimeStart, ToRuntime } from './runtime-messages.ts';

export interface RuntimeListener {
  line(level: string, text: string): void;
  /** Called once, when a serving runtime has ended and nobody asked for it. */
  died(): void;
}

const ownScript = join(import.meta.dirname, 'runtime-child.ts');

/**
 * One run of the platform: a child process with Miniflare and workerd in it.
 *
 * Loading takes a third of a second or more; whoever may need one in a hurry prepares it beforehand. workerd ignores the end
 * of its parent while it loops, and is ended with it.
 */
export class RuntimeProcess {
  readonly #child: OwnChild<FromRuntime, ToRuntime>;

  /** Starts loading. Serves nothing yet. */
  constructor(script = ownScript) {
    this.#child = new OwnChild(script);
  }

  get isAlive(): boolean {
    return this.#child.isAlive;
  }

  /**
   * Serves from now on.
   *
   * @throws BetterBaseError `dev/runtime-failed`
   */
  async serve(start: RuntimeStart, listener: RuntimeListener): Promise<void> {
    const child = this.#child;
    const ready = Promise.withResolvers<void>();
    child.onPrinted((text) => listener.line('platform', text));
    child.onMessage((message) => {
      if (message.type === 'line') listener.line(message.level, message.text);
      else if (message.type === 'ready') ready.resolve();
      else ready.reject(startFailure(message.message));
    });
    child.onDied(() => listener.died());
    void child.ended.then(() => ready.reject(startFailure('It ended before it was ready.')));
    child.send({ type: 'start', start });
    try {
      await ready.promise;
    } catch (error) {
      this.kill();
      throw error;
    }
    child.serves();
  }

  /** At once. */
  kill(): void {
    this.#child.kill();
  }

  /** At once. Resolves when nothing of it is left, and its port is free. */
  end(): Promise<void> {
    return this.#child.end();
  }

  /** Gives it a moment to put its data away. */
  stop(): Promise<void> {
    return this.#child.stop({ type: 'stop' });
  }
}

function startFailure(reason: string): BetterBaseError {
  return new BetterBaseError('dev/runtime-failed', `The platform does not start: ${reason}`, {
    hint: 'Start it again. If that does not help, move the state folder away or run `npm ci` in the BetterBase folder.',
  });
}
