/**
 * Keeps the platform running: starts it, watches it, and starts it again when it hangs or dies.
 *
 * Holds: the runtime of the moment, and which calls are running in it.
 */
import { BetterBaseError } from '@betterbase/core';
import type { PlatformSettings } from '../platform/platform-options.ts';
import { parseRunLine, type RunningCall, RunningCalls } from './running-calls.ts';
import { RuntimeProcess } from './runtime-process.ts';
import { Watchdog } from './watchdog.ts';

export type Breakdown = 'hung' | 'died';

export interface HostListener {
  line(level: string, text: string): void;
  /** The runtime has just been ended. `call` is what was running, as far as anybody can tell. */
  broke(breakdown: Breakdown, call: RunningCall | null): void;
  /** It serves again, so many milliseconds after it was found broken. */
  back(milliseconds: number): void;
  gaveUp(error: BetterBaseError): void;
}

export interface HostParts {
  readonly settings: Omit<PlatformSettings, 'onLog' | 'hang'>;
  readonly listener: HostListener;
  /** Resolves when the runtime answers. */
  readonly probe: () => Promise<unknown>;
  /** Stands in for the platform in tests. */
  readonly script?: string;
}

const probeInterval = 400;
const probePatience = 4;
const shortLife = 5000;
const shortLivesAllowed = 5;

export class RuntimeHost {
  readonly #parts: HostParts;
  readonly #calls = new RunningCalls();
  /** All that may still be alive. */
  readonly #processes = new Set<RuntimeProcess>();
  #runtime: RuntimeProcess | null = null;
  /** Loads while it is being found out whether the runtime hangs. */
  #spare: RuntimeProcess | null = null;
  #watchdog: Watchdog | null = null;
  #startedAt = 0;
  #starts = 0;
  #shortLives = 0;
  /** The suspect of the newest death. */
  #lastDeadly: string | null = null;
  #isStopping = false;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  get isServing(): boolean {
    return this.#runtime !== null;
  }

  /** @throws BetterBaseError `dev/runtime-failed` */
  async start(hang?: string): Promise<void> {
    const { settings, probe } = this.#parts;
    const runtime = this.#spare?.isAlive === true ? this.#spare : this.#load();
    this.#spare = null;
    await runtime.serve(
      { settings: hang === undefined ? settings : { ...settings, hang }, appliesMigrations: this.#starts === 0 },
      { line: (level, text) => this.#hear(level, text), died: () => void this.#restart('died') },
    );
    this.#starts += 1;
    this.#startedAt = performance.now();
    this.#runtime = runtime;
    this.#watchdog = new Watchdog({
      probe,
      onDoubt: () => {
        this.#spare ??= this.#load();
      },
      onSilence: () => void this.#restart('hung'),
      interval: probeInterval,
      patience: probePatience,
    });
    if (this.#isStopping) await this.stop();
  }

  callFinished(requestId: string): void {
    this.#calls.finished(requestId);
  }

  async stop(): Promise<void> {
    this.#endWatch();
    for (const process of this.#processes) if (process !== this.#runtime) process.kill();
    await this.#runtime?.stop();
    this.#runtime = null;
  }

  /** At once, for when this process is about to end. */
  kill(): void {
    this.#endWatch();
    for (const process of this.#processes) process.kill();
  }

  #endWatch(): void {
    this.#isStopping = true;
    this.#watchdog?.stop();
  }

  #load(): RuntimeProcess {
    const process = new RuntimeProcess(this.#parts.script);
    for (const other of this.#processes) if (!other.isAlive) this.#processes.delete(other);
    this.#processes.add(process);
    return process;
  }

  #hear(level: string, text: string): void {
    const line = parseRunLine(text);
    if (line === null) this.#parts.listener.line(level, text);
    else if (line.tells === 'start') this.#calls.started(line.call);
    else this.#calls.ended(line.requestId);
  }

  async #restart(breakdown: Breakdown): Promise<void> {
    const { listener } = this.#parts;
    const foundAt = performance.now();
    const lived = foundAt - this.#startedAt;
    this.#watchdog?.stop();
    const broken = this.#runtime;
    broken?.kill();
    this.#runtime = null;
    const suspect = this.#calls.takeSuspect();
    listener.broke(breakdown, suspect);

    this.#shortLives = breakdown === 'died' && lived < shortLife ? this.#shortLives + 1 : 0;
    if (this.#shortLives > shortLivesAllowed) {
      listener.gaveUp(new BetterBaseError('dev/runtime-failed', `The platform died ${this.#shortLives} times in a row.`));
      return;
    }
    // A hang holds its call. A death proves nothing by itself: whoever killed the process need not be the call that ran,
    // and a finished call whose log entry was still on its way looks as if it had been running.
    const isProven = breakdown === 'hung' || (lived < shortLife && suspect !== null && suspect.identity === this.#lastDeadly);
    this.#lastDeadly = breakdown === 'died' ? (suspect?.identity ?? null) : null;
    try {
      await broken?.end();
      if (this.#isStopping) return;
      await this.start(isProven ? suspect?.json : undefined);
      if (!this.#isStopping) listener.back(performance.now() - foundAt);
    } catch (error) {
      if (this.#isStopping) return;
      if (!(error instanceof BetterBaseError)) throw error;
      listener.gaveUp(error);
    }
  }
}
