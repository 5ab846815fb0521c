/** What the kernel knows of a process: its CPU time and its memory. Linux only; elsewhere the figures are NaN. */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ is 100 on every Linux that Node runs on. */
const secondsPerTick = 0.01;

/** CPU seconds, user and system, since the process started. */
export function cpuSeconds(pid: number): number {
  const fields = statFields(pid);
  return fields === null ? Number.NaN : (Number(fields[11]) + Number(fields[12])) * secondsPerTick;
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const status = readOrNull(`/proc/${pid}/status`);
  const kilobytes = status?.match(/VmRSS:\s+(\d+) kB/)?.[1];
  return kilobytes === undefined ? Number.NaN : Number(kilobytes) * 1024;
}

/**
 * How many sockets a server started from here can hold: workerd takes two files for each that an object accepts. The rest
 * of the files is left to the databases and the generator's other connections.
 */
export function mostSockets(): number {
  const limit = readOrNull('/proc/self/limits')?.match(/Max open files\s+(\d+)/)?.[1];
  return limit === undefined ? 1000 : Math.floor((Number(limit) - 1000) / 2);
}

/** The process named `name` among the children of `parent`; null where there is no /proc. */
export function findChild(parent: number, name: string): number | null {
  for (const entry of readFolder('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = readOrNull(`/proc/${pid}/stat`);
    if (stat?.includes(`(${name})`) && Number(statFields(pid)?.[1]) === parent) return pid;
  }
  return null;
}

/** The fields after the command name, which may itself hold spaces: state, ppid, … */
function statFields(pid: number): string[] | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process is gone, or this is not Linux: either way there is nothing to say.
    return null;
  }
}

function readFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
