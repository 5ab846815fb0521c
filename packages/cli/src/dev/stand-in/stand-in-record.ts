/** What `bb dev` remembers of a project's stand-in, in the state folder beside its data. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../json/is-record.ts';
import { readJson } from '../../json/parse-json.ts';
import { writeAtomically } from '../../platform/write-atomically.ts';
import { isStandInType, type StandInType } from './stand-in-type.ts';

export interface StandInRecord {
  readonly type: StandInType;
  readonly port: number;
  /** What it asks for. */
  readonly secret: string;
  /** When environment values were set for it, by name, in ms since 1970. One that was set since then is somebody's own. */
  readonly setAt: Readonly<Record<string, number>>;
}

export interface StandInPlace {
  /** The state folder. */
  readonly state: string;
  readonly project: string;
}

/** Where the data is: a file, or a folder. */
export function dataPath({ state, project }: StandInPlace, type: StandInType): string {
  return join(state, 'stand-ins', type === 'turso' ? `${project}-turso.db` : `${project}-${type}`);
}

export async function readRecord(place: StandInPlace): Promise<StandInRecord | null> {
  const found = await readJson(recordPath(place));
  if (!isRecord(found)) return null;
  const { type, port, secret, setAt } = found;
  if (!isStandInType(type) || typeof port !== 'number' || typeof secret !== 'string' || !isRecord(setAt)) return null;
  const times = Object.entries(setAt).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return { type, port, secret, setAt: Object.fromEntries(times) };
}

/** Readable by the owner only: it holds a key. */
export async function writeRecord(place: StandInPlace, record: StandInRecord): Promise<void> {
  await writeAtomically(recordPath(place), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

export async function forgetRecord(place: StandInPlace): Promise<void> {
  await rm(recordPath(place), { force: true });
}

function recordPath({ state, project }: StandInPlace): string {
  return join(state, 'stand-ins', `${project}.json`);
}
