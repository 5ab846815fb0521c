/** What stands in the way of an import, asked at the version at which it is to be committed. */
import { badLines, type ImportProblem, mostImportProblems, tableNotEmpty } from '@betterbase/engine';
import type { SqlDialect } from '../../sql/dialect.ts';
import { type CheckedTable, type ImportCheck, missingReferences, takenIds, takenKeys } from '../../sql/import-checks.ts';
import { plainTexts } from '../../sql/plain-texts.ts';
import type { Standing } from '../../sql/standing.ts';
import type { RemoteLink } from '../remote-link.ts';
import type { RemoteTable } from '../remote-table.ts';
import { makeRoom } from './make-room.ts';
import type { PlacedPart } from './place-import.ts';

export interface ImportAgainst {
  readonly link: RemoteLink;
  readonly dialect: SqlDialect;
  readonly standing: Standing<RemoteTable>;
}

/** @throws BetterBaseError `import/bad-lines`, `import/table-not-empty` */
export async function checkImport(against: ImportAgainst, parts: readonly PlacedPart[]): Promise<void> {
  const clashes: ImportProblem[] = [];
  for (const part of parts) clashes.push(...(await clashesOf(against, part)));
  if (clashes.length > 0) throw badLines(clashes.slice(0, mostImportProblems));
  const missing = await missingIn(against, parts);
  if (missing.length > 0) throw badLines(missing.slice(0, mostImportProblems));
}

async function clashesOf(against: ImportAgainst, part: PlacedPart): Promise<ImportProblem[]> {
  const { target, aside, wanted, staging } = part;
  const { mode, table } = wanted;
  const there = against.standing.now.counts.of(table);
  if (mode === 'replace' || there === 0) return [];
  if (mode === 'empty') throw tableNotEmpty(table, there);
  await makeRoom(against.link, part);
  const checked = checkedTable(target);
  const checks = [
    ...(mode === 'append' ? [takenIds(aside.sql.sqlName, checked)] : []),
    ...takenKeys(aside.sql.sqlName, checked, mode === 'upsert'),
  ];
  return await run(against, checks, (id) => staging.lineOf(id));
}

/** Of what comes, and, where documents go, of what is left. */
async function missingIn(against: ImportAgainst, parts: readonly PlacedPart[]): Promise<ImportProblem[]> {
  const { state, tables } = against.standing.now;
  const byName = new Map(parts.map((part) => [part.table.name, part]));
  const goes = ({ wanted }: PlacedPart): boolean => wanted.mode === 'replace' || wanted.mode === 'empty';
  /** Where a table's documents are that there will be. */
  const holding = (name: string): readonly string[] => {
    const part = byName.get(name);
    const there = tables.get(name)?.sql.sqlName;
    return [...(part === undefined ? [] : [part.aside.sql.sqlName]), ...(there === undefined || (part && goes(part)) ? [] : [there])];
  };
  const came: ImportProblem[] = [];
  for (const { table, aside, staging } of parts) {
    const from = { sqlName: aside.sql.sqlName, layout: aside.sql.layout, dialect: against.dialect };
    came.push(...(await run(against, missingReferences(table, from, holding, null), (id) => staging.lineOf(id))));
  }
  const emptied = parts.filter(({ wanted }) => wanted.mode === 'replace').map(({ wanted }) => wanted.table);
  if (came.length > 0 || emptied.length === 0) return came;
  const left: ImportCheck[] = state.schema.tables.flatMap((table) => {
    const known = table.active ? tables.get(table.name) : undefined;
    const part = byName.get(table.name);
    if (known === undefined || (part !== undefined && goes(part))) return [];
    const stays = part === undefined ? {} : { where: `s._id NOT IN (SELECT _id FROM ${part.aside.sql.sqlName})` };
    return missingReferences(table, { ...checkedTable(known), ...stays }, holding, emptied);
  });
  return await run(against, left, () => null);
}

async function run(
  { link }: ImportAgainst,
  checks: readonly ImportCheck[],
  lineOf: (id: string) => number | null,
): Promise<ImportProblem[]> {
  if (checks.length === 0) return [];
  const found = await link.read(plainTexts(checks.map(({ sql }) => sql)));
  return checks.flatMap(({ problem }, at) => (found[at] ?? []).map((row) => problem(row, lineOf)));
}

function checkedTable({ sql: { name, sqlName, layout, codec } }: RemoteTable): CheckedTable {
  return { name, sqlName, layout, dialect: codec.dialect };
}
