import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { adminKey, type Answer } from './local-platform.ts';

/** A platform whose process group can be ended with SIGKILL and started again on the same state. */
export class KillablePlatform {
  readonly #state: string;
  readonly #port: number;
  #process: ChildProcess | null = null;
  url = '';

  /** @param port where it is reached after every start; 0: at any */
  constructor(state: string, port = 0) {
    this.#state = state;
    this.#port = port;
  }

  /** One of a test's own, with the app deployed as `app`. It goes with the test. */
  static async withApp(app: string, onTestFinished: TestContext['onTestFinished']): Promise<KillablePlatform> {
    const state = await mkdtemp(join(tmpdir(), 'betterbase-killable-'));
    const platform = new KillablePlatform(state);
    onTestFinished(async () => {
      await platform.kill();
      await rm(state, { recursive: true, force: true });
    });
    await platform.start();
    const { status, body } = await platform.deploy('app', app);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return platform;
  }

  async start(): Promise<void> {
    // Its own group, so that workerd dies with it.
    const child = spawn(process.execPath, [join(import.meta.dirname, 'platform-process.ts'), this.#state, String(this.#port)], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    let printed = '';
    let complaints = '';
    child.stderr?.on('data', (data) => {
      complaints += String(data);
    });
    this.url = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', (data) => {
        printed += String(data);
        const url = /http:\/\/\S+/.exec(printed)?.[0];
        if (url !== undefined) resolve(url);
      });
      child.once('exit', (code) => reject(new Error(`The platform ended with ${code}: ${complaints}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child?.pid === undefined) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  }

  async deploy(project: string, app: string): Promise<Answer> {
    return await this.post(`/admin/projects/${project}/deployments`, { app }, { authorization: `Bearer ${adminKey}` });
  }
}
