#!/usr/bin/env node
// Plain JavaScript, because this file must run on any Node: it finds one that runs the TypeScript behind it.
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const main = join(here, '..', 'src', 'main.ts');

if (runsTypeScript(process.versions.node)) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache?.();
  await import(pathToFileURL(main).href);
} else {
  const node = bundledNode();
  if (node === null) {
    console.error(
      `bb needs Node 22.18 or newer and this is Node ${process.versions.node}.\n` +
        'npm usually brings one along: run `npm ci` in the BetterBase folder, or install Node 24.',
    );
    process.exit(1);
  }
  await handOver(node);
}

/** Node strips types without a flag from 22.18 on (and in 23.6 and later). */
function runsTypeScript(version) {
  if (process.env.BB_FORCE_BUNDLED_NODE === '1') return false;
  const [major, minor] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

/** The Node 24 that npm installed as an optional dependency for this platform. */
function bundledNode() {
  const platform = { linux: 'linux', win32: 'win', darwin: 'darwin' }[process.platform];
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  try {
    const manifest = createRequire(main).resolve(`node-${platform}-${process.arch}/package.json`);
    const path = join(dirname(manifest), binary);
    return existsSync(path) ? path : null;
  } catch {
    // Not installed for this platform: the caller says what to do.
    return null;
  }
}

async function handOver(node) {
  const { spawn } = await import('node:child_process');
  // The channel tells the child when this process is gone, however it ended.
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // A terminal sends Ctrl-C to both anyway, but a script signals only this one. The child decides when to end.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`Could not start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
