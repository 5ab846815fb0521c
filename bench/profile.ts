/**
 * `node bench/profile.ts <workload>`: where the time goes in ours. Runs the workload once to warm up and once under the CPU
 * profiler of every isolate, prints the functions that cost most, and keeps the profiles (open them in a browser's DevTools).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort } from './load/free-port.ts';
import { ourDriver } from './ours/driver.ts';
import { adminKey, project } from './ours/project.ts';
import { Inspector } from './profile/inspector.ts';
import { selfTimes } from './profile/self-times.ts';
import { RunningSystem } from './server/running.ts';
import { fillSystem } from './workloads/data.ts';
import { workloads } from './workloads/index.ts';
import { quickScale } from './workloads/scale.ts';

const functionsShown = 30;

const workload = workloads.find(({ name }) => name === process.argv[2]);
if (workload === undefined) throw new Error(`Name a workload: ${workloads.map(({ name }) => name).join(', ')}.`);
const port = await freePort();
const system = await RunningSystem.start(ourDriver(project, adminKey), new URL('./ours/host.ts', import.meta.url), port);
try {
  const subject = { system, data: await fillSystem(system, quickScale) };
  await workload.prepare?.(subject, quickScale);
  await workload.run(subject, quickScale);
  const inspector = new Inspector(port);
  const running = new Map<string, Awaited<ReturnType<Inspector['profile']>>>();
  for (const isolate of await inspector.isolates()) running.set(isolate, await inspector.profile(isolate));
  console.log(await workload.run(subject, quickScale));

  const folder = new URL('./results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [isolate, end] of running) {
    const profile = await end();
    const times = selfTimes(profile);
    const all = times.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    if (all === 0) continue;
    const file = new URL(`${workload.name}-${isolate.replaceAll(/[^a-z0-9]+/gi, '-')}.cpuprofile`, folder);
    writeFileSync(file, JSON.stringify(profile));
    const lines = times
      .slice(0, functionsShown)
      .map(({ what, milliseconds }) => `${((milliseconds / all) * 100).toFixed(1).padStart(6)} %  ${what}`);
    console.log(`\n${isolate}: ${Math.round(all)} ms, ${fileURLToPath(file)}\n${lines.join('\n')}`);
  }
} finally {
  await system.stop();
}
