import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { insideDevVariable, requireDevScript } from '../dev/app-process.ts';
import { type DevListener, DevSession, type DevSettings } from '../dev/dev-session.ts';
import { freePortLike, requireFreePort } from '../dev/free-port.ts';
import { printEvent, printEventAsJson } from '../dev/print-event.ts';
import { servedProject } from '../dev/served-project.ts';
import { planHyperdrive } from '../dev/stand-in/plan-hyperdrive.ts';
import { postgresAddress } from '../dev/stand-in/stand-in-type.ts';
import { buildPlatform } from '../platform/build-platform.ts';
import { exitCodes } from '../terminal/exit-code.ts';
import { type AppFolder, findApp } from '../workspace/app-folder.ts';
import { type DevState, readDevState, writeDevState } from '../workspace/dev-state.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface DevOptions {
  readonly folder: string;
  readonly port: number;
  readonly state: string;
  readonly project?: string;
  readonly provider?: string;
  readonly standIn: boolean;
  readonly withApp?: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
}

export async function dev(options: DevOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const app = await findApp(resolve(cwd, options.folder));
  const state = resolve(app.root, options.state);
  await checkStart(app, state, options, env);
  const { settings, record } = await prepare(app, state, options);

  const ended = Promise.withResolvers<number>();
  const listener: DevListener = {
    event: (event, sources) => (options.json === true ? printEventAsJson(event, terminal) : printEvent(event, terminal, sources)),
    gaveUp: (error) => ended.reject(error),
  };
  const session = await DevSession.create(settings, listener);
  process.once('exit', () => session.kill());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve(exitCodes.ok));
  await writeDevState(state, record);
  try {
    const starting = session.start();
    const hasDeployed = await Promise.race([starting, ended.promise.then(() => null)]);
    if (options.once === true) return hasDeployed === true ? exitCodes.ok : exitCodes.failed;
    if (options.withApp === true && hasDeployed !== null) session.runApp();
    return await ended.promise;
  } finally {
    await session.stop();
    await writeDevState(state, { ...record, pid: null });
  }
}

/** @throws BetterBaseError if this start would not end well */
async function checkStart(app: AppFolder, state: string, options: DevOptions, env: CommandContext['env']): Promise<void> {
  if (env[insideDevVariable] !== undefined) {
    throw new BetterBaseError('usage/bad-option', 'bb dev was started by bb dev.', {
      hint: 'The "dev" script of the app must start the app itself, for instance "vite".',
    });
  }
  const other = await readDevState(state);
  if (other !== null && other.pid !== null) {
    throw new BetterBaseError(
      'dev/already-running',
      `bb dev is running for this app already, at ${other.url}/p/${other.project} (process ${other.pid}).`,
      {
        hint: 'End that one first, or keep other data with --state. If no such process is there, delete dev.json in the state folder.',
      },
    );
  }
  if (options.withApp === true) await requireDevScript(app.root);
  await requireFreePort(options.port, '127.0.0.1');
}

interface Prepared {
  readonly settings: DevSettings;
  readonly record: DevState;
}

async function prepare(app: AppFolder, state: string, options: DevOptions): Promise<Prepared> {
  const [{ workerPath }, served, earlier] = await Promise.all([buildPlatform(), servedProject(app, options), readDevState(state)]);
  const { port, standIn: standIns } = options;
  const { project, provider, databases, openHyperdrive } = served;
  const standIn = standIns && openHyperdrive !== undefined ? await planHyperdrive({ state, project }) : null;
  const hyperdrives =
    standIn === null || openHyperdrive === undefined ? served.hyperdrives : { [openHyperdrive]: postgresAddress(standIn) };
  const signInPort = standIns ? await freePortLike(earlier?.signInPort ?? 0) : null;
  const adminKey = earlier?.adminKey ?? randomBytes(24).toString('base64url');
  const encryptionKey = earlier?.encryptionKey ?? randomBytes(32).toString('base64url');
  const instead = provider === undefined ? {} : { provider };
  return {
    settings: {
      app,
      project,
      port,
      state,
      adminKey,
      encryptionKey,
      workerPath,
      databases,
      hyperdrives,
      standIns,
      signIn:
        signInPort === null ? null : { port: signInPort, hasMoved: earlier?.signInPort !== undefined && earlier.signInPort !== signInPort },
      ...instead,
      ...(standIn === null ? {} : { hyperdriveStandIn: standIn }),
    },
    record: {
      url: `http://localhost:${port}`,
      port,
      project,
      adminKey,
      encryptionKey,
      ...instead,
      ...(signInPort === null ? {} : { signInPort }),
      pid: process.pid,
    },
  };
}
