/** Runs an app's "dev" script in a process group of its own, and ends the group when `bb dev` goes, however it goes. */
import { spawn } from 'node:child_process';
import { killTree } from './kill-tree.ts';

process.on('disconnect', () => killTree(process.pid));
process.on('SIGTERM', () => killTree(process.pid));

const script = spawn('npm', ['run', '--silent', 'dev'], { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' });
script.once('error', (error) => {
  console.error(`npm could not be started: ${error.message}`);
  process.exit(1);
});
script.once('exit', (code) => process.exit(code ?? 1));
