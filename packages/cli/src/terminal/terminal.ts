import { createColors } from 'picocolors';

export type Colors = ReturnType<typeof createColors>;

/** Where a command writes. Results and events go to `line`, what went wrong to `problem`. */
export interface Terminal {
  readonly colors: Colors;
  /** Whether a person can be asked. */
  readonly isInteractive: boolean;
  line(text: string): void;
  problem(text: string): void;
}

export function processTerminal(): Terminal {
  return {
    colors: createColors(wantsColor()),
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    line: (text) => void process.stdout.write(`${text}\n`),
    problem: (text) => void process.stderr.write(`${text}\n`),
  };
}

function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') || process.stdout.isTTY === true;
}
