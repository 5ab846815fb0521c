import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BetterBaseError } from '@betterbase/core';
import type { MovableTable } from '@betterbase/engine';
import { type Format, formatOf } from '../../move/formats.ts';
import { inPieces } from '../../move/in-pieces.ts';
import { MoveClient, type OpenExport } from '../../move/move-client.ts';
import { Progress } from '../../move/progress.ts';
import { SnapshotWriter } from '../../move/snapshot-writer.ts';
import { tableText } from '../../move/table-text.ts';
import { findTarget, type TargetFlags } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';

export interface ExportOptions extends TargetFlags {
  readonly app: string;
  readonly table?: readonly string[];
  readonly format?: Format;
  /** A file, a folder, or `-`. */
  readonly output?: string;
  readonly json?: boolean;
}

interface Task {
  readonly client: MoveClient;
  readonly opened: OpenExport;
  readonly tables: readonly MovableTable[];
  readonly progress: Progress;
}

export async function exportData(options: ExportOptions, context: CommandContext): CommandResult {
  const { output, json = false } = options;
  if (output === '-' && json) throw new BetterBaseError('usage/bad-option', 'Documents and events cannot both go to the standard output.');
  const target = await findTarget(resolve(context.cwd, options.app), options, context.env);
  const client = new MoveClient(target);
  const opened = await client.openExport();
  try {
    const tables = chosen(opened.tables, options.table ?? []);
    const task = { client, opened, tables, progress: new Progress(context.terminal, json) };
    const format = options.format ?? (output === undefined ? null : formatOf(output)) ?? 'zip';
    const place = await write(task, format, output === undefined || output === '-' ? output : resolve(context.cwd, output), {
      cwd: context.cwd,
      name: `${target.project}-${opened.version}`,
    });
    const said = `Exported ${task.progress.documents} documents of ${tables.length} tables, version ${opened.version}, to ${place ?? 'the standard output'}`;
    task.progress.end('exported', { version: opened.version, tables: tables.map(({ table }) => table), output: place }, said);
    return 0;
  } finally {
    // What is not closed is forgotten by itself.
    await client.closeExport(opened.export).catch(() => undefined);
  }
}

/** Returns where it went; null: the standard output. */
async function write(
  task: Task,
  format: Format,
  output: string | undefined,
  { cwd, name }: { readonly cwd: string; readonly name: string },
): Promise<string | null> {
  if (format === 'zip') {
    if (output === '-') return await writeSnapshot(task, process.stdout).then(() => null);
    return await complete(output ?? join(cwd, `${name}.zip`), (part) => writeSnapshot(task, createWriteStream(part)));
  }
  const [only] = task.tables;
  const isOne = task.tables.length === 1 && only !== undefined && (output === undefined || output === '-' || formatOf(output) !== null);
  if (isOne) {
    if (output === '-' || output === undefined) return await writeTable(task, format, only, process.stdout).then(() => null);
    return await complete(output, (part) => writeTable(task, format, only, createWriteStream(part)));
  }
  if (output === '-')
    throw new BetterBaseError('usage/bad-option', 'The standard output takes one table.', { hint: 'Name it with --table.' });
  const folder = output ?? join(cwd, name);
  await mkdir(folder, { recursive: true });
  const written: [part: string, path: string][] = [];
  try {
    for (const table of task.tables) {
      const path = join(folder, `${table.table}.${format}`);
      written.push([`${path}.part`, path]);
      await writeTable(task, format, table, createWriteStream(`${path}.part`));
    }
  } catch (failure) {
    for (const [part] of written) await rm(part, { force: true });
    throw failure;
  }
  for (const [part, path] of written) await rename(part, path);
  return folder;
}

async function writeSnapshot({ tables, ...task }: Task, out: Writable): Promise<void> {
  const writer = new SnapshotWriter(Writable.toWeb(out));
  await writer.begin(tables);
  for (const table of tables) await writer.table(table, documents(task, table));
  await writer.end();
}

async function writeTable(task: Task, format: Exclude<Format, 'zip'>, table: MovableTable, out: Writable): Promise<void> {
  const text = inPieces(tableText(format, table, documents(task, table)));
  await pipeline(Readable.from(text), out, { end: out !== process.stdout });
}

async function* documents({ client, opened, progress }: Omit<Task, 'tables'>, { table }: MovableTable): AsyncGenerator<string> {
  progress.begin(table);
  for await (const line of client.documents(opened.export, table)) {
    progress.add(1, line.length + 1);
    yield line;
  }
}

/** A file under its own name is a whole one. */
async function complete(path: string, work: (part: string) => Promise<void>): Promise<string> {
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await work(part);
    await rename(part, path);
    return path;
  } catch (failure) {
    await rm(part, { force: true });
    throw failure;
  }
}

function chosen(tables: readonly MovableTable[], wanted: readonly string[]): readonly MovableTable[] {
  const missing = wanted.find((name) => !tables.some(({ table }) => table === name));
  if (missing === undefined) return wanted.length === 0 ? tables : tables.filter(({ table }) => wanted.includes(table));
  throw new BetterBaseError('table/not-found', `There is no table \`${missing}\`.`, {
    hint: `There are ${tables.map(({ table }) => `\`${table}\``).join(', ')}.`,
  });
}
