import { fixedLimits } from '../limits/fixed-limits.ts';

const identifier = /^[A-Za-z][A-Za-z0-9_]*$/;
const longestName = fixedLimits.nameLength.value;

/** Routes below `/api` that a table of this name would hide. */
const routeNames: readonly string[] = ['query', 'mutation', 'action', 'storage'];
/** Indexes that every table has. */
const systemIndexes: readonly string[] = ['by_id', 'by_creation_time'];

export interface NameProblem {
  readonly message: string;
  readonly hint: string;
}

/** Why a table, field or index cannot have this name; null when it can. `where` says whose field or index it is. */
export function nameProblem(kind: 'table' | 'field' | 'index', name: string, where = ''): NameProblem | null {
  const shown = `The ${kind} name ${JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)}${where}`;
  if (name.startsWith('_')) return { message: `${shown} starts with _, which is for names of the system.`, hint: 'Drop the underscore.' };
  if (!identifier.test(name)) {
    return { message: `${shown} is not an identifier.`, hint: 'Use letters, digits and _, beginning with a letter.' };
  }
  if (name.length > longestName) return { message: `${shown} is ${name.length} characters long.`, hint: `Use at most ${longestName}.` };
  const lower = name.toLowerCase();
  if (kind === 'table' && routeNames.includes(lower))
    return { message: `${shown} is taken: /api/${lower} is a route of every project.`, hint: 'Use another name, such as the plural.' };
  if (kind === 'table' && lower.startsWith('sqlite_'))
    return { message: `${shown} starts with sqlite_, which is for SQLite's own tables.`, hint: 'Use another name.' };
  if (kind === 'index' && systemIndexes.includes(lower))
    return { message: `${shown} is taken: every table has that index.`, hint: 'Use it as it is, or give yours another name.' };
  return null;
}
