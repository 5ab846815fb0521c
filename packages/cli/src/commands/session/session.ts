/** `bb login`, `bb logout`, `bb whoami`, `bb sessions` */
import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { isBetterBaseError } from '@betterbase/core';
import { type AnswerOf, permissionsOf, roles } from '@betterbase/protocol/admin';
import { askAdmin } from '../../admin/admin-fetch.ts';
import { askForCode, waitForToken } from '../../admin/device-login.ts';
import { credentialsFile, dropCredential, findCredential, keepCredential } from '../../workspace/credentials.ts';
import { findInstallation, findUrl, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface SessionOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

export interface LoginOptions extends SessionOptions {
  readonly browser: boolean;
}

export async function login(options: LoginOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const url = await findUrl(resolve(cwd, options.app), options, env);
  const client = `bb on ${hostname()}`;
  const code = await askForCode(url, client);
  if (options.json === true) terminal.line(JSON.stringify({ code: code.userCode, page: code.page }));
  else terminal.line(`Open ${terminal.colors.bold(code.page)}\nand let in the program that shows ${terminal.colors.bold(code.userCode)}`);
  if (options.browser && terminal.isInteractive) openBrowser(code.page);
  const credential = await waitForToken(url, code, client);
  await keepCredential(url, credential, env);
  if (options.json === true) terminal.line(JSON.stringify({ url, email: credential.email }));
  else terminal.line(`${terminal.colors.green('✔')} signed in to ${url} as ${credential.email}. The session is in ${credentialsFile(env)}`);
  return 0;
}

export async function logout(options: SessionOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const url = await findUrl(resolve(cwd, options.app), options, env);
  const credential = await findCredential(url, env);
  if (credential !== null) {
    await askAdmin({ url, key: credential.token }, 'POST /admin/auth/logout').catch((failure: unknown) => {
      // It has ended already.
      if (!isBetterBaseError(failure) || failure.code !== 'auth/session-ended') throw failure;
    });
    await dropCredential(url, env);
  }
  const done = credential === null ? `nobody is signed in to ${url}` : `signed out of ${url}`;
  terminal.line(
    options.json === true ? JSON.stringify({ url, wasSignedIn: credential !== null }) : `${terminal.colors.green('✔')} ${done}`,
  );
  return 0;
}

export async function whoami(options: SessionOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const installation = await findInstallation(resolve(cwd, options.app), options, env);
  const { principal } = await askAdmin(installation, 'GET /admin/whoami');
  if (options.json === true) terminal.line(JSON.stringify({ url: installation.url, principal }));
  else {
    terminal.line(`${principal.name} (${principal.kind === 'admin' ? 'admin' : 'key'}) at ${installation.url}`);
    for (const grant of principal.grants) terminal.line(`  ${describe(grant)}`);
    if (principal.must_enrol) terminal.line('  may do nothing before they have a second factor: bb account second-factor enable');
    else if (principal.grants.length === 0) terminal.line('  no role: may do nothing');
  }
  return 0;
}

export async function listSessions(options: SessionOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const installation = await findInstallation(resolve(cwd, options.app), options, env);
  const { sessions, pending_authorizations: waiting } = await askAdmin(installation, 'GET /admin/cli-sessions');
  if (options.json === true) terminal.line(JSON.stringify({ sessions, waiting }));
  else {
    for (const { id, current, user_agent, address, last_used_at } of sessions) {
      const parts = [
        user_agent ?? 'unknown',
        address ?? 'unknown address',
        `last used ${new Date(last_used_at).toISOString().slice(0, 10)}`,
      ];
      terminal.line(`${parts.join('  ')}${current ? '  (this one)' : ''}  ${terminal.colors.dim(id)}`);
    }
    for (const { client, address, state, id } of waiting) {
      const standing = state === 'approved' ? 'let in, has not come yet' : 'waits';
      terminal.line(`${client}  ${address ?? 'unknown address'}  ${standing}  ${terminal.colors.dim(id)}`);
    }
  }
  return 0;
}

export async function endSession(id: string, options: SessionOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const installation = await findInstallation(resolve(cwd, options.app), options, env);
  await askAdmin(installation, 'DELETE /admin/auth/sessions/:id', { params: { id } });
  terminal.line(options.json === true ? JSON.stringify({ ended: id }) : `${terminal.colors.green('✔')} ended`);
  return 0;
}

/** A program that waits, or was let in and has not come yet. @param code what it shows, or the id of the list */
export async function refuseProgram(code: string, options: SessionOptions, { terminal, cwd, env }: CommandContext): CommandResult {
  const installation = await findInstallation(resolve(cwd, options.app), options, env);
  await askAdmin(installation, 'DELETE /admin/cli-sessions/pending/:userCode', { params: { userCode: code } });
  terminal.line(options.json === true ? JSON.stringify({ refused: code }) : `${terminal.colors.green('✔')} refused`);
  return 0;
}

type Grant = AnswerOf<'GET /admin/whoami'>['principal']['grants'][number];

function describe({ project, permissions }: Grant): string {
  const role = roles.find(
    (each) => permissionsOf(each).size === permissions.length && permissions.every((one) => permissionsOf(each).has(one)),
  );
  return `${role ?? permissions.join(', ')}  ${project ?? 'everywhere'}`;
}

/** If it cannot be opened, the address has been printed. */
function openBrowser(page: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', page]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', page]
        : ['xdg-open', page];
  const child = spawn(program ?? '', args, { stdio: 'ignore', detached: true });
  child.once('error', () => {});
  child.unref();
}
