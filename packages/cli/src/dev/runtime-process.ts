/**
 * One run of the platform: a child process with Miniflare and workerd in it.
 *
 * Holds: the child, from its start to its end. A new start is a new object.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { PlatformSettings } from '../platform/platform-options.ts';
import { killTree } from './kill-tree.ts';
import type { FromRuntime, ToRuntime } from './runtime-messages.ts';

export interface RuntimeListener {
  line(level: string, text: string): void;
  /** Called once, when the child has ended and nobody asked for it. */
  died(): void;
}

/** What a start needs: the file to run, so that tests can run another, and the platform's settings. */
export interface RuntimeStart {
  readonly script?: string;
  readonly settings: Omit<PlatformSettings, 'onLog'>;
}

const ownScript = join(import.meta.dirname, 'runtime-child.ts');
const patienceWithStop = 3000;

export class RuntimeProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** Only the end of a runtime that was ready, and that nobody asked to end, is news. */
  #isExpectedToLive = false;

  private constructor(child: ChildProcess, listener: RuntimeListener) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
    child.on('message', (message: FromRuntime) => {
      if (message.type === 'line') listener.line(message.level, message.text);
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => listener.line('platform', String(chunk).trimEnd()));
    void this.#ended.then(() => {
      const isNews = this.#isExpectedToLive;
      this.kill();
      if (isNews) listener.died();
    });
  }

  /** @throws BetterBaseError `dev/runtime-failed` */
  static async start({ settings, script = ownScript }: RuntimeStart, listener: RuntimeListener): Promise<RuntimeProcess> {
    // A group of its own, so that workerd, which ignores the end of its parent while it loops, can be ended with it.
    const child = spawn(process.execPath, [script], { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const runtime = new RuntimeProcess(child, listener);
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', () => reject(startFailure('It ended before it was ready.')));
        child.on('message', (message: FromRuntime) => {
          if (message.type === 'ready') resolve();
          if (message.type === 'failed') reject(startFailure(message.message));
        });
        send(child, { type: 'start', settings });
      });
    } catch (error) {
      runtime.kill();
      throw error;
    }
    runtime.#isExpectedToLive = true;
    return runtime;
  }

  /** At once. */
  kill(): void {
    this.#isExpectedToLive = false;
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
  }

  /** Gives it a moment to put its data away. */
  async stop(): Promise<void> {
    this.#isExpectedToLive = false;
    send(this.#child, { type: 'stop' });
    const timer = setTimeout(() => this.kill(), patienceWithStop);
    await this.#ended;
    clearTimeout(timer);
  }
}

function send(child: ChildProcess, message: ToRuntime): void {
  if (child.connected) child.send(message);
}

function startFailure(reason: string): BetterBaseError {
  return new BetterBaseError('dev/runtime-failed', `The platform does not start: ${reason}`, {
    hint: 'Start it again. If that does not help, move the state folder away or run `npm ci` in the BetterBase folder.',
  });
}
