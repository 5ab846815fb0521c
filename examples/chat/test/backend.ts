import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, Program, untilFree } from '@betterbase/testing/process';

const app = join(import.meta.dirname, '..');
const launcher = join(app, '../../packages/cli/bin/bb.js');

export interface ExportedMessage {
  readonly id: string;
  readonly text: string;
  readonly author: { readonly key: string; readonly name: string };
}

/** `bb dev` of the chat, as a person would start it: with its own port and state, and ways to lose it. */
export class Backend {
  readonly #port: number;
  readonly #state: string;
  readonly #options: readonly string[];
  #url = '';
  #program: Program;

  private constructor(port: number, state: string, options: readonly string[]) {
    this.#port = port;
    this.#state = state;
    this.#options = options;
    this.#program = this.#run();
  }

  /**
   * @param options more for `bb dev`
   * @throws Error with all that `bb dev` printed, when it does not start serving.
   */
  static async start(state: string, options: readonly string[] = []): Promise<Backend> {
    const backend = new Backend(await freePort(), state, options);
    await backend.#ready();
    return backend;
  }

  get url(): string {
    return this.#url;
  }

  get output(): string {
    return this.#program.output;
  }

  /** Everything is gone at once, as in a power cut. */
  async kill(): Promise<void> {
    await this.#program.kill();
    await untilFree(this.#port);
  }

  /** Starts what was killed, on the same port and state. */
  async startAgain(): Promise<void> {
    this.#program = this.#run();
    await this.#ready();
  }

  /** Only the runtime is gone at once; `bb dev` itself stays, and starts another. */
  killRuntime(): void {
    const children = execFileSync('pgrep', ['-P', String(this.#program.pid), '-f', 'runtime-child'], { encoding: 'utf8' });
    for (const leader of children.trim().split('\n')) process.kill(-Number(leader), 'SIGKILL');
  }

  async untilBack(times: number): Promise<void> {
    await this.#program.until(new RegExp(`(?:serving again[^]*?){${times}}`));
  }

  async export(channel: string): Promise<readonly ExportedMessage[]> {
    const response = await fetch(`${this.url}/http/export?channel=${encodeURIComponent(channel)}`);
    const { messages }: { readonly messages: readonly ExportedMessage[] } = JSON.parse(await response.text());
    return messages;
  }

  /** The text of the answer, to be looked at as it is. */
  async call(kind: 'query' | 'mutation', path: string, args: object): Promise<string> {
    const body = JSON.stringify({ path, args });
    const response = await fetch(`${this.url}/api/${kind}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return response.text();
  }

  #run(): Program {
    return new Program(process.execPath, [launcher, 'dev', app, '--port', String(this.#port), '--state', this.#state, ...this.#options]);
  }

  async #ready(): Promise<void> {
    const [, url = ''] = await this.#program.until(/^ready (http:\S+)/m);
    this.#url = url;
  }
}
