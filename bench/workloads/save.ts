/** A developer saves a file under `bb dev`: how long until a subscribed client has the changed answer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { acknowledgeEvery, protocolVersion } from '@betterbase/protocol';
import { freePort } from '../load/free-port.ts';
import type { TextSocket } from '../load/driver.ts';
import { openTextSocket } from '../load/text-socket.ts';
import { type Figures, Stopwatch } from '../measure/figures.ts';

const bb = fileURLToPath(new URL('../../packages/cli/bin/bb.js', import.meta.url));
const template = fileURLToPath(new URL('../../packages/cli/templates/minimal', import.meta.url));
const readyMilliseconds = 60_000;
const answerMilliseconds = 20_000;
/** People do not save twice in a moment; and what a save sets off must be over when the next one is timed. */
const pauseMilliseconds = 300;

export async function measureSaves(saves: number): Promise<Record<string, Figures>> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-save-'));
  await cp(template, folder, { recursive: true });
  const probe = join(folder, 'betterbase/queries/probe.ts');
  await mkdir(join(folder, 'betterbase/queries'), { recursive: true });
  await writeFile(probe, probeSource('before'));
  const dev = spawn(process.execPath, [bb, 'dev', folder, '--port', String(await freePort())], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    const url = await readyUrl(dev);
    const socket = await openTextSocket(new URL(`${url.pathname}/realtime`, url.href.replace('http', 'ws')));
    const hears = listen(socket);
    await hears('before');
    const stopwatch = new Stopwatch(saves);
    for (let save = 0; save < saves; save++) {
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
      const heard = hears(`after save ${save}`);
      const start = performance.now();
      await writeFile(probe, probeSource(`after save ${save}`));
      await heard;
      stopwatch.record(performance.now() - start);
    }
    await socket.close();
    return { 'bb dev: save to changed answer': { p50: stopwatch.percentile(0.5), p99: stopwatch.percentile(0.99) } };
  } finally {
    await end(dev);
    await rm(folder, { recursive: true, force: true });
  }
}

const probeSource = (answer: string): string =>
  `import { query } from '@betterbase/core';\n\nexport const answer = query({ args: {}, handler: () => ${JSON.stringify(answer)} });\n`;

function readyUrl(dev: ChildProcess): Promise<URL> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`\`bb dev\` is not ready after ${readyMilliseconds} ms.`)), readyMilliseconds).unref();
    dev.once('exit', (code) => reject(new Error(`\`bb dev\` ended with code ${code}.`)));
    if (dev.stdout === null) return;
    createInterface(dev.stdout).on('line', (line) => {
      const url = line.match(/ready (http:\S+)/)?.[1];
      if (url !== undefined) resolve(new URL(url));
    });
  });
}

/** Watches the probe and gives a way to wait for an answer. */
function listen(socket: TextSocket): (answer: string) => Promise<void> {
  let awaited = { answer: '', tell: (): void => {} };
  let transitions = 0;
  socket.onFrame((frame) => {
    const text = frame.toString();
    const version = text.match(/"type":"transition","from":\d+,"to":(\d+)/)?.[1];
    if (version !== undefined && ++transitions % acknowledgeEvery === 0) {
      socket.send(JSON.stringify({ type: 'acknowledge', version: Number(version), finished: 0 }));
    }
    if (text.includes(JSON.stringify(awaited.answer))) awaited.tell();
  });
  socket.send(JSON.stringify({ type: 'connect', protocol: protocolVersion, session: null, version: 0, client: 'bench' }));
  socket.send(JSON.stringify({ type: 'watch', add: [{ id: 1, path: 'queries/probe:answer', args: {} }], remove: [] }));
  return (answer) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`The answer “${answer}” did not come in ${answerMilliseconds} ms.`)),
        answerMilliseconds,
      );
      awaited = {
        answer,
        tell: () => {
          clearTimeout(late);
          resolve();
        },
      };
    });
}

async function end(dev: ChildProcess): Promise<void> {
  if (dev.pid === undefined || dev.exitCode !== null) return;
  const gone = once(dev, 'exit');
  process.kill(-dev.pid, 'SIGTERM');
  const late = setTimeout(() => dev.pid !== undefined && process.kill(-dev.pid, 'SIGKILL'), 5000);
  await gone;
  clearTimeout(late);
}
