/** Processes of a benchmark: each tells once what others must know of it, and ends when it is let go. */
import { type ChildProcess, fork } from 'node:child_process';

/** How long one may take until it serves. */
const startMilliseconds = 60_000;

export interface Child<Report> {
  readonly child: ChildProcess;
  readonly report: Report;
}

export async function startChild<Report>(file: URL, args: readonly string[], name: string): Promise<Child<Report>> {
  const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const report = await new Promise<Report>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} does not serve after ${startMilliseconds} ms.`)), startMilliseconds);
    child.once('message', (message) => {
      clearTimeout(late);
      resolve(message as Report);
    });
    child.once('exit', (code) => reject(new Error(`The process of ${name} ended with code ${code}.`)));
  }).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return { child, report };
}

export async function endChild(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  await gone;
}
