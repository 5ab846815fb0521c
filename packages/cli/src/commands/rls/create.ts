import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { TableManifest } from '@betterbase/protocol';
import { BetterBaseError } from '@betterbase/core';
import type { AppFolder } from '../../workspace/app-folder.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { readAppPolicies, tableNamed } from './app-policies.ts';

export interface CreateOptions {
  readonly table: string;
  readonly app: string;
  readonly owner?: string;
  readonly json?: boolean;
}

/** Fields that are likely to say whose a row is. */
const ownerNames = /^(?:owner|author|creator|user|uid|createdBy)(?:_?id)?$/i;

/** Writes a policy file to begin with: owners do everything with their rows, or nobody anything. */
export async function create(options: CreateOptions, { terminal, cwd }: CommandContext): CommandResult {
  const { app, schema, policies } = await readAppPolicies(resolve(cwd, options.app));
  const table = tableNamed(schema, options.table);
  const existing = policies.find((policy) => policy.table === table.name);
  const path = join(await policyFolder(app), `${table.name}.policy.ts`);
  if (existing !== undefined || (await isThere(path)))
    throw new BetterBaseError('usage/bad-option', `\`${table.name}\` has a policy in ${existing?.file ?? relative(app.root, path)}.`, {
      hint: 'Change that file.',
    });
  const owner = ownerOf(table, options.owner);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, policyText(table.name, owner));
  const file = relative(app.root, path);
  if (options.json === true) terminal.line(JSON.stringify({ file, owner }));
  else {
    terminal.line(`${terminal.colors.green('wrote')} ${file}`);
    terminal.line(owner === null ? 'It allows nothing yet: say who may do what.' : `Whoever \`${owner}\` names has the row, nobody else.`);
  }
  return 0;
}

/** Where the app has its policies. */
async function policyFolder({ root, source }: AppFolder): Promise<string> {
  const other = join(root, 'src', 'db', 'policies');
  return (await isThere(other)) ? other : join(source, 'policies');
}

function ownerOf({ name, document }: TableManifest, asked: string | undefined): string | null {
  const fields = document.type === 'object' ? Object.entries(document.value) : [];
  const texts = fields.filter(([, { fieldType }]) => fieldType.type === 'string' || fieldType.type === 'id').map(([field]) => field);
  if (asked === undefined) return texts.find((field) => ownerNames.test(field)) ?? null;
  if (texts.includes(asked)) return asked;
  throw new BetterBaseError('usage/bad-option', `\`${asked}\` is no text of \`${name}\`.`, {
    hint: `It has ${texts.map((field) => `\`${field}\``).join(', ') || 'none'}.`,
  });
}

function policyText(table: string, owner: string | null): string {
  const rules =
    owner === null
      ? `  // For instance \`auth.uid() = owner\`, \`auth.authenticated()\`, or \`auth.role() = 'moderator'\`.
  select: false,
  insert: false,
  update: false,
  delete: false,`
      : ['select', 'insert', 'update', 'delete'].map((rule) => `  ${rule}: ${quoted(`auth.uid() = ${columnText(owner)}`)},`).join('\n');
  return `import { definePolicy } from '@betterbase/core';

export default definePolicy('${table}', {
${rules}
});
`;
}

function quoted(text: string): string {
  return `'${text}'`;
}

/** Words of SQL are written in double quotes; so are names with capitals, for whoever reads them as SQL. */
function columnText(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) && name !== 'user' ? name : `"${name}"`;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
