/**
 * Projects whose documents rest elsewhere, beside the vendor's driver used by hand from a Worker, on the same stand-ins in
 * the same run: queries that nobody has asked before, the same again, and mutations of three writes.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closedLoop } from '../load/closed-loop.ts';
import { HttpConnection } from '../load/http-connection.ts';
import { type Figures, type Stopwatch, summarize, timed } from '../measure/figures.ts';
import { endChild, startChild } from '../server/child.ts';
import type { HostReport } from '../server/report.ts';
import type { Results } from '../report/verdict.ts';
import type { Scale } from '../workloads/scale.ts';
import { type Addresses, askBare, askOurs, type Asked, type Place, places, type ProviderJob } from './place.ts';

interface System {
  readonly asked: Asked;
  readonly url: URL;
  readonly server: number | null;
}

const names: Readonly<Record<Place, string>> = { embedded: 'Embedded', d1: 'D1', turso: 'Turso', neon: 'Neon' };

export async function measureProviders(scale: Scale, progress: (line: string) => void): Promise<Results> {
  const ended: (() => Promise<unknown>)[] = [];
  try {
    const standIns = await startChild<Addresses>(new URL('./stand-ins.ts', import.meta.url), [], 'the stand-ins');
    ended.unshift(() => endChild(standIns.child));
    const start = async (asked: Asked, file: string): Promise<System> => {
      const folder = await mkdtemp(join(tmpdir(), `bench-providers-${asked.name}-`));
      ended.unshift(() => rm(folder, { recursive: true, force: true }));
      const args = [folder, JSON.stringify(standIns.report)];
      const { child, report } = await startChild<HostReport>(new URL(file, import.meta.url), args, asked.name);
      ended.unshift(() => endChild(child));
      return { asked, url: new URL(report.url), server: report.server };
    };
    const ours = await start(askOurs, './ours-host.ts');
    const bare = await start(askBare, './bare-host.ts');

    const results: Record<string, { ours?: Figures; bare?: Figures }> = {};
    for (const place of places) {
      const rounds: Record<string, Record<'ours' | 'bare', Figures[]>> = {};
      const systems = place === 'embedded' ? [ours] : [ours, bare];
      for (const system of systems) await fill(system, place, scale);
      for (let round = 0; round < Math.min(scale.rounds, 3); round++) {
        for (const system of round % 2 === 0 ? systems : systems.toReversed()) {
          for (const [what, figures] of Object.entries(await measure(system, place, scale))) {
            const label = `${names[place]}: ${what}`;
            (rounds[label] ??= { ours: [], bare: [] })[system.asked.name].push(figures);
            progress(
              `round ${round + 1}  ${system.asked.name}  ${label}  p50 ${figures.p50?.toPrecision(3)}  rate ${figures.rate?.toPrecision(3)}`,
            );
          }
        }
      }
      for (const [label, { ours: mine, bare: theirs }] of Object.entries(rounds))
        results[label] = { ours: summarize(mine), ...(theirs.length === 0 ? {} : { bare: summarize(theirs) }) };
    }
    return results;
  } finally {
    for (const end of ended) await end();
  }
}

async function fill(system: System, place: Place, scale: Scale): Promise<void> {
  const [connection] = await connections(system, 1);
  if (connection === undefined) throw new Error('There is no connection.');
  for (let list = 0; list < scale.providerLists; list++) {
    const items = Array.from({ length: scale.rowsPerList }, (_, position) => newItem(`list ${list}`, position));
    await ask(system, place, connection, { do: 'add', items });
  }
  connection.close();
}

async function measure(system: System, place: Place, scale: Scale): Promise<Record<string, Figures>> {
  const lanes = await connections(system, scale.lanes);
  const [single] = lanes;
  if (single === undefined) throw new Error('There is no connection.');
  const list = (connection: HttpConnection, number: number) =>
    ask(system, place, connection, { do: 'list', list: `list ${number % scale.providerLists}` });

  let number = 0;
  for (let changed = 0; changed < scale.providerLists; changed++) {
    const ids = system.asked.ids((await list(single, changed)).toString());
    if (ids.length !== scale.rowsPerList) throw new Error(`A list of ${system.asked.name} in ${place} holds ${ids.length} items.`);
    await ask(system, place, single, { do: 'change', id: ids[0] ?? '', text: `Changed ${performance.now()}` });
  }
  const cold = await time(system, [single], scale.providerLists, list);
  const cached = await time(system, lanes, scale.repeatedQueries / 4, list);
  const three = (connection: HttpConnection) =>
    ask(system, place, connection, { do: 'add', items: [0, 1, 2].map((position) => newItem(`inbox ${number++}`, position)) });
  const written = await time(system, lanes, scale.serialWrites, three);
  const alone = await time(system, [single], scale.serialWrites / 4, three);
  for (const lane of lanes) lane.close();
  return {
    'cold query of 50 rows': cold,
    'query asked before': cached,
    'mutation of three writes': written,
    'mutation of three writes, one at a time': alone,
  };
}

function time(
  { server }: System,
  lanes: readonly HttpConnection[],
  count: number,
  work: (connection: HttpConnection, number: number) => Promise<unknown>,
): Promise<Figures> {
  const operations = Math.ceil(count);
  return timed(server, operations, (stopwatch: Stopwatch) => closedLoop(lanes, operations, stopwatch, work));
}

async function ask({ asked }: System, place: Place, connection: HttpConnection, job: ProviderJob): Promise<Buffer> {
  const { status, body } = await connection.send(asked.request(place, job));
  if (status === 200 && !body.subarray(0, 24).includes('"status":"error"')) return body;
  throw new Error(`${asked.name} answered ${status} for ${place}: ${body.toString().slice(0, 500)}`);
}

function connections({ url }: System, count: number): Promise<HttpConnection[]> {
  return Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
}

function newItem(list: string, position: number) {
  return { list, text: 'An item as people write them: a few words, now and then a few more.', position, author: 'somebody' };
}
