/**
 * One run of the platform: a child process with Miniflare and workerd in it.
 *
 * Holds: the child, from its start to its end. A new start is a new object.
 * Loading takes a third of a second or more; whoever may need one in a hurry prepares it beforehand.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { killTree, treeEnded } from './kill-tree.ts';
import type { FromRuntime, RuntimeStart, ToRuntime } from './runtime-messages.ts';

export interface RuntimeListener {
  line(level: string, text: string): void;
  /** Called once, when a serving runtime has ended and nobody asked for it. */
  died(): void;
}

const ownScript = join(import.meta.dirname, 'runtime-child.ts');
const patienceWithStop = 3000;

export class RuntimeProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** Only the end of a runtime that served, and that nobody asked to end, is news. */
  #isExpectedToLive = false;

  /** Starts loading. Serves nothing yet. */
  constructor(script = ownScript) {
    const cache = getCompileCacheDir();
    // A group of its own, so that workerd, which ignores the end of its parent while it loops, can be ended with it.
    this.#child = spawn(process.execPath, [script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
  }

  get isAlive(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Serves from now on.
   *
   * @throws BetterBaseError `dev/runtime-failed`
   */
  async serve(start: RuntimeStart, listener: RuntimeListener): Promise<void> {
    const child = this.#child;
    const ready = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => listener.line('platform', String(chunk).trimEnd()));
    child.on('message', (message: FromRuntime) => {
      if (message.type === 'line') listener.line(message.level, message.text);
      else if (message.type === 'ready') ready.resolve();
      else ready.reject(startFailure(message.message));
    });
    void this.#ended.then(() => {
      const isNews = this.#isExpectedToLive;
      this.kill();
      ready.reject(startFailure('It ended before it was ready.'));
      if (isNews) listener.died();
    });
    this.#send({ type: 'start', start });
    try {
      await ready.promise;
    } catch (error) {
      this.kill();
      throw error;
    }
    this.#isExpectedToLive = true;
  }

  /** At once. */
  kill(): void {
    this.#isExpectedToLive = false;
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
  }

  /** At once. Resolves when nothing of it is left, and its port is free. */
  async end(): Promise<void> {
    this.kill();
    if (this.#child.pid !== undefined) await treeEnded(this.#child.pid, this.#ended);
  }

  /** Gives it a moment to put its data away. */
  async stop(): Promise<void> {
    this.#isExpectedToLive = false;
    this.#send({ type: 'stop' });
    const timer = setTimeout(() => this.kill(), patienceWithStop);
    await this.#ended;
    clearTimeout(timer);
  }

  #send(message: ToRuntime): void {
    if (this.#child.connected) this.#child.send(message);
  }
}

function startFailure(reason: string): BetterBaseError {
  return new BetterBaseError('dev/runtime-failed', `The platform does not start: ${reason}`, {
    hint: 'Start it again. If that does not help, move the state folder away or run `npm ci` in the BetterBase folder.',
  });
}
