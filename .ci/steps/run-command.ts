import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface CommandResult {
  readonly ok: boolean;
  /** Both streams, as they came. Empty when they went straight to ours. */
  readonly output: string;
}

export interface CommandOptions {
  /** Lets the command print by itself. */
  readonly live?: boolean;
  readonly minutes?: number;
}

/** Runs a command at the root of the repository, without input, and ends it and its children when it takes too long. */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { live = false, minutes = 5 } = options;
  const [program = '', ...args] = command;
  const place = { cwd: root, env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` } };
  const child = spawn(program, args, { ...place, detached: true, stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'] });
  return new Promise((resolve) => {
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const end = (): void => killGroup(child.pid);
    const onSignal = (): void => {
      end();
      process.exit(130);
    };
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    const timer = setTimeout(() => {
      output += `\nIt took longer than ${minutes} minutes and was ended.\n`;
      if (live) console.log(output);
      end();
    }, minutes * 60_000);
    const finish = (ok: boolean): void => {
      clearTimeout(timer);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      resolve({ ok, output: output.trim() });
    };
    child.on('error', (error) => {
      output += `${program} does not start: ${error.message}`;
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself in the meantime.
  }
}
