import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type LocalPlatform, type LocalPlatformOptions, startLocalPlatform } from './local-platform.ts';

type Settings = Pick<LocalPlatformOptions, 'databases' | 'vars'>;

const vars = { BB_DEV: '1', ENCRYPTION_KEY: 'a key for journeys, long enough to be one' };

/** A platform that is stopped and started again on what it has kept, with a project `chat` that journeys talk to. */
export class KeptPlatform {
  readonly #state: string;
  readonly #settings: Settings;
  #platform: LocalPlatform;

  private constructor(state: string, settings: Settings, platform: LocalPlatform) {
    this.#state = state;
    this.#settings = settings;
    this.#platform = platform;
  }

  static async start(settings: Settings = {}): Promise<KeptPlatform> {
    const state = await mkdtemp(join(tmpdir(), 'betterbase-kept-'));
    return new KeptPlatform(state, settings, await startLocalPlatform({ host: 'loader', vars, ...settings, state }));
  }

  /** As it runs now. */
  get platform(): LocalPlatform {
    return this.#platform;
  }

  /** The project's address. */
  get url(): string {
    return `${this.#platform.url}/p/chat`;
  }

  async restart(settings: Settings = this.#settings): Promise<void> {
    await this.#platform.stop();
    this.#platform = await startLocalPlatform({ host: 'loader', vars, ...settings, state: this.#state });
  }

  async remove(): Promise<void> {
    await this.#platform.stop();
    await rm(this.#state, { recursive: true, force: true });
  }

  deploy(project: string, body: object): Promise<Answer> {
    return this.#platform.admin('POST', `/projects/${project}/deployments`, body);
  }

  /** Sets environment values. */
  set(project: string, values: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#platform.admin('PATCH', `/projects/${project}/environment`, { set: values });
  }

  async call(kind: 'query' | 'mutation' | 'action', path: string, args: object = {}): Promise<Answer['body']> {
    return (await this.#platform.post(`/p/chat/api/${kind}`, { path, args })).body;
  }
}
