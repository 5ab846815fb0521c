import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { writeGenerated } from '../codegen/write-generated.ts';
import { type Answers, ask, type Given } from '../init/ask.ts';
import { projectFiles, type Template } from '../init/project-files.ts';
import { findApp } from '../workspace/app-folder.ts';
import { parseProviderName } from '../workspace/named-provider.ts';
import type { CommandContext, CommandResult } from './command.ts';

export interface InitOptions {
  readonly folder: string | undefined;
  readonly template?: Template;
  readonly provider?: string;
  readonly yes?: boolean;
  readonly install: boolean;
  readonly json?: boolean;
}

export async function init(options: InitOptions, { terminal, cwd }: CommandContext): CommandResult {
  const provider = options.provider === undefined ? undefined : parseProviderName(options.provider);
  const given = { folder: options.folder, template: options.template, provider };
  const asks = options.yes !== true && options.json !== true && process.stdin.isTTY === true && process.stdout.isTTY === true;
  const answers = asks ? await ask(given) : takeDefaults(given);
  const folder = resolve(cwd, answers.folder);
  await requireEmpty(folder);

  const files = await projectFiles({ folder, name: basename(folder), template: answers.template, provider: answers.provider });
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await writeGenerated(await findApp(folder));
  const isInstalled = options.install && (await npmInstall(folder));

  if (options.json === true) {
    terminal.line(
      JSON.stringify({
        folder,
        template: answers.template,
        provider: answers.provider,
        files: [...files.keys()].sort(),
        installed: isInstalled,
      }),
    );
    return 0;
  }
  const { colors } = terminal;
  terminal.line(`${colors.green('✔')} made ${folder} from the template "${answers.template}"`);
  if (options.install && !isInstalled) terminal.problem(`${colors.yellow('!')} npm install failed; run it again in the folder`);
  terminal.line(
    `\nNext steps:\n${nextSteps(relative(cwd, folder), isInstalled)
      .map((step) => `  ${step}`)
      .join('\n')}`,
  );
  return 0;
}

function takeDefaults({ folder, template = 'iac', provider = 'embedded' }: Given): Answers {
  if (folder !== undefined) return { folder, template, provider };
  throw new BetterBaseError('usage/bad-option', 'bb init needs a folder.', { hint: 'Run `bb init my-app`.' });
}

/** @throws BetterBaseError `init/folder-not-empty` */
async function requireEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new BetterBaseError('init/folder-not-empty', `${folder} is not a folder that can be used.`, { cause: error });
  });
  if (entries.every((entry) => entry === '.git')) return;
  throw new BetterBaseError('init/folder-not-empty', `${folder} is not empty.`, { hint: 'Name a new folder. Nothing was written.' });
}

function npmInstall(folder: string): Promise<boolean> {
  return new Promise((done) => {
    const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: 'ignore',
      shell: process.platform === 'win32',
    });
    npm.once('error', () => done(false));
    npm.once('exit', (code) => done(code === 0));
  });
}

function nextSteps(folder: string, isInstalled: boolean): readonly string[] {
  return [...(folder === '' ? [] : [`cd ${folder}`]), ...(isInstalled ? [] : ['npm install']), 'npm run dev'];
}
