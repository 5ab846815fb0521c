/** `bb account …`: what admins do to their own accounts. */
import { resolve } from 'node:path';
import encodeQR from 'qr';
import type { AnswerOf } from '@betterbase/protocol/admin';
import { askAdmin } from '../../admin/admin-fetch.ts';
import type { Colors } from '../../terminal/terminal.ts';
import { openQuestions, type Questions } from '../../terminal/ask-person.ts';
import { findInstallation, type Installation, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface AccountOptions extends TargetFlags {
  readonly app: string;
  readonly json?: boolean;
}

export async function changePassword(options: AccountOptions, context: CommandContext): CommandResult {
  const installation = await installationOf(options, context);
  await asking(context, async (questions) => {
    const current = await questions.secret('Your password');
    const password = await questions.secret('The new one, at least 8 characters');
    await askAdmin(installation, 'POST /admin/auth/password', { body: { current, password } });
  });
  tell(context, options, { changed: true }, ['the password is changed, and your other sessions have ended']);
  return 0;
}

export async function showSecondFactor(options: AccountOptions, context: CommandContext): CommandResult {
  const state = await askAdmin(await installationOf(options, context), 'GET /admin/auth/second-factor');
  const { enabled, required, backup_codes_left } = state;
  const { terminal } = context;
  if (options.json === true) terminal.line(JSON.stringify(state));
  else {
    terminal.line(enabled ? `Your second factor is on, with ${backup_codes_left} backup codes left.` : 'You have no second factor.');
    if (required && !enabled) terminal.line('This installation wants one: `bb account second-factor enable`.');
  }
  return 0;
}

export async function enableSecondFactor(options: AccountOptions, context: CommandContext): CommandResult {
  const installation = await installationOf(options, context);
  const { terminal } = context;
  const { backup_codes } = await asking(context, async (questions) => {
    const password = await questions.secret('Your password');
    const begun = await askAdmin(installation, 'POST /admin/auth/second-factor', { body: { password } });
    if (options.json === true) terminal.line(JSON.stringify(begun));
    else
      terminal.line(
        `${picture(begun.uri, terminal.colors)}\n\nScan this with an app that makes codes, or type the secret into it:\n\n  ${terminal.colors.bold(begun.secret)}\n  ${begun.uri}\n`,
      );
    const code = await questions.plain('The code that it shows');
    return await askAdmin(installation, 'POST /admin/auth/second-factor/confirm', { body: { code } });
  });
  tell(context, options, { enabled: true, backup_codes }, ['codes are asked for from now on', ...backupLines(backup_codes)]);
  return 0;
}

export async function disableSecondFactor(options: AccountOptions, context: CommandContext): CommandResult {
  const installation = await installationOf(options, context);
  await askAdmin(installation, 'DELETE /admin/auth/second-factor', { body: await proof(context) });
  tell(context, options, { enabled: false }, ['codes are not asked for any more']);
  return 0;
}

export async function newBackupCodes(options: AccountOptions, context: CommandContext): CommandResult {
  const installation = await installationOf(options, context);
  const { backup_codes } = await askAdmin(installation, 'POST /admin/auth/second-factor/codes', { body: await proof(context) });
  tell(context, options, { backup_codes }, ['those before are good for nothing', ...backupLines(backup_codes)]);
  return 0;
}

function proof(context: CommandContext): Promise<{ readonly password: string; readonly code: string }> {
  return asking(context, async (questions) => {
    const password = await questions.secret('Your password');
    return { password, code: await questions.plain('A code, of your app or a backup code') };
  });
}

async function asking<T>({ terminal }: CommandContext, ask: (questions: Questions) => Promise<T>): Promise<T> {
  const questions = openQuestions(terminal);
  try {
    return await ask(questions);
  } finally {
    questions.close();
  }
}

/** Light on dark, whatever the terminal's own colours are. */
function picture(text: string, { bgBlack, whiteBright }: Colors): string {
  const lines = encodeQR(text, 'ascii', { ecc: 'low' }).trimEnd().split('\n');
  return lines.map((line) => bgBlack(whiteBright(line))).join('\n');
}

function backupLines(codes: AnswerOf<'POST /admin/auth/second-factor/codes'>['backup_codes']): readonly string[] {
  return [
    '',
    ...codes.map((code) => `  ${code}`),
    '',
    'Each of these is good once, for the day when the app is gone. Keep them now: they are not shown again.',
  ];
}

function tell({ terminal }: CommandContext, { json }: AccountOptions, data: object, [done = '', ...more]: readonly string[]): void {
  if (json === true) return terminal.line(JSON.stringify(data));
  for (const line of [`${terminal.colors.green('✔')} ${done}`, ...more]) terminal.line(line);
}

function installationOf(options: AccountOptions, { cwd, env }: CommandContext): Promise<Installation> {
  return findInstallation(resolve(cwd, options.app), options, env);
}
