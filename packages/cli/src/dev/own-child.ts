import { type ChildProcess, spawn } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { killTree, treeEnded } from './kill-tree.ts';

const patienceWithStop = 3000;

/**
 * A child of `bb dev` that does one thing for it and is talked with.
 *
 * Holds: the process, from its start to its end. A new start is a new object.
 * Always true: it leads a group of its own, so that what it starts ends with it, and Ctrl-C reaches it through `bb dev` alone.
 */
export class OwnChild<From, To extends object> {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** Only the end of a child that served, and that nobody asked to end, is news. */
  #isExpectedToLive = false;

  constructor(script: string) {
    const cache = getCompileCacheDir();
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

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isAlive(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it has ended, however that came. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  onPrinted(listener: (text: string) => void): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (chunk: Buffer) => listener(String(chunk).trimEnd()));
  }

  onMessage(listener: (message: From) => void): void {
    this.#child.on('message', listener);
  }

  /** Called once, if it ends while it serves and nobody has asked for it. */
  onDied(listener: () => void): void {
    void this.#ended.then(() => {
      const isNews = this.#isExpectedToLive;
      // What it had started may still be there.
      this.kill();
      if (isNews) listener();
    });
  }

  /** It serves: from now on its end is news. */
  serves(): void {
    this.#isExpectedToLive = true;
  }

  send(message: To): void {
    if (this.#child.connected) this.#child.send(message);
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

  /** Says goodbye, and gives it a moment to put its data away. */
  async stop(goodbye: To): Promise<void> {
    this.#isExpectedToLive = false;
    this.send(goodbye);
    const timer = setTimeout(() => this.kill(), patienceWithStop);
    await this.#ended;
    clearTimeout(timer);
  }
}
