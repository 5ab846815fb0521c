/** Starts a system as a process of its own, with fresh state in a folder of its own. */
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Conversation, Driver, Job } from '../load/driver.ts';
import { type HttpAnswer, HttpConnection, type HttpRequest } from '../load/http-connection.ts';
import { openTextSocket } from '../load/text-socket.ts';
import { endChild, startChild } from './child.ts';
import type { HostReport } from './report.ts';

export class RunningSystem {
  readonly driver: Driver;
  readonly url: URL;
  /** The process whose CPU and memory count; null where it cannot be found. */
  readonly server: number | null;
  readonly #host: ChildProcess;
  readonly #folder: string;

  private constructor(driver: Driver, report: HostReport, host: ChildProcess, folder: string) {
    this.driver = driver;
    this.url = new URL(report.url);
    this.server = report.server;
    this.#host = host;
    this.#folder = folder;
  }

  static async start(driver: Driver, hostFile: URL, inspectorPort: number | null): Promise<RunningSystem> {
    const folder = await mkdtemp(join(tmpdir(), `bench-${driver.name}-`));
    const more = inspectorPort === null ? [] : [String(inspectorPort)];
    const { child, report } = await startChild<HostReport>(hostFile, [folder, ...more], driver.name);
    return new RunningSystem(driver, report, child, folder);
  }

  connections(count: number): Promise<HttpConnection[]> {
    return Promise.all(Array.from({ length: count }, () => HttpConnection.open(this.url)));
  }

  /** Opened some at a time: a thousand handshakes at once overrun the listen queue. */
  async conversations(count: number): Promise<Conversation[]> {
    const url = new URL(this.driver.socketPath, this.url);
    url.protocol = 'ws:';
    const all: Conversation[] = [];
    while (all.length < count) {
      const some = Math.min(64, count - all.length);
      all.push(...(await Promise.all(Array.from({ length: some }, async () => this.driver.converse(await openTextSocket(url))))));
    }
    return all;
  }

  /** Sends a job and insists on success. */
  async post(connection: HttpConnection, job: Job): Promise<Buffer> {
    return this.insist(await connection.send(this.driver.request(job)));
  }

  async send(connection: HttpConnection, request: HttpRequest): Promise<Buffer> {
    return this.insist(await connection.send(request));
  }

  insist(answer: HttpAnswer): Buffer {
    if (answer.status === 200 && this.driver.succeeded(answer.body)) return answer.body;
    throw new Error(`${this.driver.name} answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
  }

  async stop(): Promise<void> {
    await endChild(this.#host);
    await rm(this.#folder, { recursive: true, force: true });
  }
}
