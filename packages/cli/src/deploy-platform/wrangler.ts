/** Cloudflare, as wrangler offers it: one command, one result. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Wrangler {
  /** Runs without input and collects what is printed. Never throws: a command that does not start has failed. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<WranglerResult>;
  /** Runs in the user's own terminal, so that wrangler can ask. True if it ended well. */
  interact(args: readonly string[]): Promise<boolean>;
}

export interface WranglerResult {
  readonly ok: boolean;
  readonly stdout: string;
  /** What it printed, errors included, without colours. */
  readonly output: string;
}

/** The wrangler of the checkout, run at its root. */
export function installedWrangler(root: string, environment: Readonly<Record<string, string | undefined>>): Wrangler {
  const program = join(root, 'node_modules/wrangler/bin/wrangler.js');
  const start = (args: readonly string[], stdio: 'collect' | 'inherit', env: Readonly<Record<string, string>> = {}) =>
    spawn(process.execPath, [program, ...args], {
      cwd: root,
      env: { ...environment, NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false', ...env },
      stdio: stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
  return {
    run: (args, env) =>
      new Promise((resolve) => {
        const child = start(args, 'collect', env);
        let stdout = '';
        let output = '';
        child.stdout?.on('data', (chunk: Buffer) => {
          stdout += chunk.toString();
          output += chunk.toString();
        });
        child.stderr?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
        child.on('error', (error) => resolve({ ok: false, stdout, output: `wrangler does not start: ${error.message}` }));
        child.on('close', (code) => resolve({ ok: code === 0, stdout, output: withoutColours(output).trim() }));
      }),
    interact: (args) =>
      new Promise((resolve) => {
        const child = start(args, 'inherit');
        child.on('error', () => resolve(false));
        child.on('close', (code) => resolve(code === 0));
      }),
  };
}

function withoutColours(text: string): string {
  return text.replaceAll(/\u001b\[[0-9;]*m/g, '');
}
