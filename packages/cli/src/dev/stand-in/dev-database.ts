/**
 * Where a project's documents rest under `bb dev`: in what its environment values name, or, as long as nobody has set them, in a
 * stand-in on this machine.
 *
 * Holds: the stand-in that runs. What it remembers between runs is in the state folder.
 * Always true: a value that somebody has set is never changed.
 */
import { randomBytes } from 'node:crypto';
import { BetterBaseError, type ProviderManifest, providerValueNames } from '@betterbase/core';
import type { AdminClient } from '../../admin/admin-client.ts';
import type { DevEvent } from '../dev-event.ts';
import type { StandInAddress, StandInStart } from './stand-in-messages.ts';
import type { StandInListener, StandInProcess } from './stand-in-process.ts';
import { dataPath, forgetRecord, readRecord, type StandInPlace, type StandInRecord, writeRecord } from './stand-in-record.ts';
import { standInType, type StandInType, standInValues } from './stand-in-type.ts';

export interface DevDatabaseParts {
  readonly place: StandInPlace;
  readonly admin: Pick<AdminClient, 'environment' | 'changeEnvironment'>;
  readonly newProcess: (listener: StandInListener) => Pick<StandInProcess, 'serve' | 'stop' | 'kill'>;
  readonly say: (event: Extract<DevEvent, { event: 'database' | 'output' }>) => void;
  readonly onFailed: (error: unknown) => void;
  /** What stands behind the Hyperdrive that the platform was started with; null where none does. */
  readonly hyperdrive: StandInRecord | null;
}

interface Running {
  readonly process: ReturnType<DevDatabaseParts['newProcess']>;
  readonly start: StandInStart;
  readonly address: StandInAddress;
  readonly since: number;
}

const shortLife = 5000;
const shortLivesAllowed = 5;

export class DevDatabase {
  readonly #parts: DevDatabaseParts;
  #running: Running | null = null;
  #shortLives = 0;
  /** What was told last: nothing is told twice. */
  #told = '';

  constructor(parts: DevDatabaseParts) {
    this.#parts = parts;
  }

  /** Brings back the stand-in of the last run: a project may want its documents before anything is deployed. */
  async resume(): Promise<void> {
    const record = this.#parts.hyperdrive ?? (await readRecord(this.#parts.place));
    // What goes wrong with it `prepare` tells, which tries again.
    if (record !== null) await this.#serve(record.type, record).catch(() => {});
  }

  /**
   * Before a deployment, so that it finds a database.
   *
   * @throws BetterBaseError `dev/runtime-failed`, or what the server says of the values
   */
  async prepare(provider: ProviderManifest): Promise<void> {
    const { admin, place } = this.#parts;
    const names = providerValueNames(provider);
    const type = standInType(provider);
    if (names.length === 0) return await (type === 'postgres' ? this.#prepareHyperdrive(provider) : this.#leave(provider));
    const [record, entries] = await Promise.all([readRecord(place), admin.environment()]);
    const setAt = new Map(entries.map(({ name, updatedAt }) => [name, updatedAt]));
    const set = names.filter((name) => setAt.has(name));
    const isOurs = record?.type === type && set.every((name) => record?.setAt[name] === setAt.get(name));
    if (type === null || (set.length > 0 && !isOurs)) {
      await this.#leave(provider);
      if (set.length === names.length) this.#tell({ provider: provider.type, place: 'elsewhere', values: names, tools: null });
      return;
    }
    const { port, settings, tools } = await this.#serve(type, isOurs ? record : null);
    const isSettled = isOurs && set.length === names.length && record?.port === port;
    if (!isSettled) await this.#settle(type, port, standInValues(provider, settings));
    this.#tell({ provider: provider.type, place: 'here', values: names, tools });
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.process.stop();
  }

  kill(): void {
    this.#running?.process.kill();
    this.#running = null;
  }

  /** Hyperdrive brings the credentials along: there is no value to set. */
  async #prepareHyperdrive(provider: ProviderManifest): Promise<void> {
    const { place, hyperdrive } = this.#parts;
    if (hyperdrive === null) return await this.#leave(provider);
    const { port, tools } = await this.#serve(hyperdrive.type, hyperdrive);
    if (port !== hyperdrive.port)
      throw new BetterBaseError('dev/runtime-failed', `Another program has taken port ${hyperdrive.port}, where the stand-in was to be.`, {
        hint: 'Start `bb dev` again.',
      });
    await writeRecord(place, hyperdrive);
    this.#tell({ provider: provider.type, place: 'here', values: [], tools });
  }

  /** The values that lead to the stand-in, as the project's own, and a note that they are from here. */
  async #settle(type: StandInType, port: number, values: Readonly<Record<string, string>>): Promise<void> {
    const { admin, place } = this.#parts;
    const environment = await admin.changeEnvironment({ set: values });
    const setAt: Record<string, number> = {};
    for (const { name, updatedAt } of environment) if (Object.hasOwn(values, name)) setAt[name] = updatedAt;
    await writeRecord(place, { type, port, secret: this.#running?.start.secret ?? '', setAt });
  }

  async #serve(type: StandInType, record: StandInRecord | null): Promise<StandInAddress> {
    if (this.#running?.start.type === type) return this.#running.address;
    await this.stop();
    const secret = record?.secret ?? randomBytes(24).toString('base64url');
    return await this.#start({ type, path: dataPath(this.#parts.place, type), port: record?.port ?? 0, secret });
  }

  async #start(start: StandInStart): Promise<StandInAddress> {
    const process = this.#parts.newProcess({
      line: (text) => this.#parts.say({ event: 'output', source: 'platform', text }),
      died: () => void this.#restart().catch((error: unknown) => this.#parts.onFailed(error)),
    });
    const address = await process.serve(start);
    this.#running = { process, start: { ...start, port: address.port }, address, since: performance.now() };
    return address;
  }

  async #restart(): Promise<void> {
    if (this.#running === null) return;
    const { start, since } = this.#running;
    this.#running = null;
    this.#shortLives = performance.now() - since < shortLife ? this.#shortLives + 1 : 0;
    if (this.#shortLives > shortLivesAllowed) {
      const message = `The stand-in for ${start.type} ended ${this.#shortLives} times in a row.`;
      throw new BetterBaseError('dev/runtime-failed', message, { hint: 'The next save starts it again.' });
    }
    this.#parts.say({ event: 'output', source: 'platform', text: `The stand-in for ${start.type} ended by itself and is started again.` });
    await this.#start(start);
  }

  /** Nothing has to stand in any more. Its data stays. */
  async #leave(provider: ProviderManifest): Promise<void> {
    if (this.#running !== null) {
      await this.stop();
      await forgetRecord(this.#parts.place);
    }
    if (provider.type === 'd1') this.#tell({ provider: 'd1', place: 'here', values: [], tools: provider.binding });
  }

  #tell(told: Omit<Extract<DevEvent, { event: 'database' }>, 'event'>): void {
    const text = JSON.stringify(told);
    if (text === this.#told) return;
    this.#told = text;
    this.#parts.say({ event: 'database', ...told });
  }
}
