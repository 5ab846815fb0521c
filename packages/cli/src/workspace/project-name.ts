import { basename, join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';
import type { AppFolder } from './app-folder.ts';
import { readConfig } from './read-config.ts';

const projectName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** @throws BetterBaseError `project/bad-name` */
export function parseProjectName(text: string): string {
  if (projectName.test(text)) return text;
  throw new BetterBaseError('project/bad-name', `"${text}" cannot be a project's name.`, {
    hint: `Use lower-case letters, digits and dashes, 63 characters at most, for instance "${toProjectName(text)}".`,
  });
}

/** The nearest valid name. */
export function toProjectName(text: string): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return slug === '' ? 'app' : slug;
}

/**
 * What the caller says, else the configuration, else package.json, else the folder.
 *
 * @throws BetterBaseError `project/bad-name`, `config/invalid`
 */
export async function projectNameOf(app: AppFolder, said: string | undefined): Promise<string> {
  if (said !== undefined) return parseProjectName(said);
  const config = await readConfig(app);
  return config === null ? nameFromFolder(app.root) : toProjectName(config.project.name);
}

/** What an app calls itself in package.json, else its folder's name. */
async function nameFromFolder(root: string): Promise<string> {
  const manifest = await readJson(join(root, 'package.json'));
  const name = isRecord(manifest) && typeof manifest['name'] === 'string' ? manifest['name'] : basename(root);
  return toProjectName(name.replace(/^@[^/]*\//, ''));
}
