import type { Terminal } from '../terminal/terminal.ts';

/** What a command may know of the world around it. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Every command answers with its exit code, or throws the error that decides it. */
export type CommandResult = Promise<number>;
