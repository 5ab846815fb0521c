import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, Program } from '@betterbase/testing/process';
import { bb, launcher } from './bb.ts';

/** A `bb dev` of a fresh app, as a person would start it. */
export class DevServer {
  readonly app: string;
  readonly port: number;
  readonly #options: readonly string[];
  #program: Program;
  #seen = 0;

  private constructor(app: string, port: number, options: readonly string[]) {
    this.app = app;
    this.port = port;
    this.#options = options;
    this.#program = this.#start();
  }

  /** @param until what is printed once a test can go on */
  static async start(folder: string, init: readonly string[] = [], until = /^ready .*$/m, dev: readonly string[] = []): Promise<DevServer> {
    const { code, err } = await bb(['init', 'my-app', '--yes', '--no-install', ...init], { cwd: folder });
    if (code !== 0) throw new Error(err);
    const server = new DevServer(join(folder, 'my-app'), await freePort(), dev);
    await server.next(until);
    return server;
  }

  get url(): string {
    return `http://localhost:${this.port}/p/my-app`;
  }

  get output(): string {
    return this.#program.output;
  }

  /** Waits for what has not been waited for yet. */
  async next(pattern: RegExp, milliseconds = 60_000): Promise<RegExpExecArray> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const match = pattern.exec(this.output.slice(this.#seen));
      if (match !== null) {
        this.#seen += match.index + match[0].length;
        return match;
      }
      if (performance.now() > deadline)
        throw new Error(`Not printed within ${milliseconds} ms: ${pattern}. Printed:\n${this.output.slice(this.#seen)}`);
      await sleep(5);
    }
  }

  /** Saves a file and waits until the change is deployed. Returns how long that took, ms. */
  async save(path: string, text: string): Promise<void> {
    await writeFile(join(this.app, path), text);
    await this.next(/deployed in/);
  }

  /** Waits until the runtime has been started again, and what bb dev does then is done. */
  async back(): Promise<void> {
    await this.next(/serving again/);
    await sleep(500);
  }

  bb(...args: string[]): ReturnType<typeof bb> {
    return bb(args, { cwd: this.app });
  }

  async call(kind: 'query' | 'mutation' | 'action', path: string, args: object = {}, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`${this.url}/api/${kind}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ path, args }),
    });
    return response.json();
  }

  async restart(): Promise<void> {
    await this.kill();
    this.#seen = 0;
    this.#program = this.#start();
    await this.next(/^ready .*$/m);
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  #start(): Program {
    return new Program(process.execPath, [launcher, 'dev', '--port', String(this.port), ...this.#options], {
      cwd: this.app,
      env: { NO_COLOR: '1' },
    });
  }
}
