/**
 * Another program, started by a test: what it prints, and its end.
 *
 * Always true: it leads a process group of its own, so ending it ends whatever it started, and nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramSettings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the test writes to it. */
  readonly takesInput?: boolean;
}

export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';
  readonly #listeners = new Set<() => void>();

  constructor(command: string, args: readonly string[], settings: ProgramSettings = {}) {
    this.#child = spawn(command, args, {
      cwd: settings.cwd,
      env: { ...process.env, ...settings.env },
      detached: true,
      stdio: [settings.takesInput === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#tell();
      });
    }
    void this.#ended.then(() => this.#tell());
  }

  /** @throws Error when it could not be started. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#child.spawnfile} could not be started.`);
    return this.#child.pid;
  }

  /** Everything printed so far. */
  get output(): string {
    return this.#output;
  }

  /** As somebody would type it. */
  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /**
   * Waits until what is printed matches.
   *
   * @throws Error with all that was printed, when the program ends first or the time is over.
   */
  async until(pattern: RegExp, milliseconds = 60_000): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        settle();
      };
      const fail = (why: string) => finish(() => reject(new Error(`${why} before it printed ${pattern}. It printed:\n${this.#output}`)));
      const look = () => {
        const match = pattern.exec(this.#output);
        if (match !== null) finish(() => resolve(match));
        else if (this.#hasEnded()) fail('The program ended');
      };
      const timer = setTimeout(() => fail(`${milliseconds} ms passed`), milliseconds);
      this.#listeners.add(look);
      look();
    });
  }

  /** Ends it and everything it started, without a chance to clean up, as a crash or a power cut would. */
  async kill(): Promise<void> {
    if (this.#child.pid === undefined) return;
    killGroup(this.#child.pid);
    await this.#ended;
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // Nobody of the group is left: that is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
