/** Exports and imports over the admin API. What a lost connection interrupts is gone on with. */
import { setTimeout as pause } from 'node:timers/promises';
import { BetterBaseError, type CodeRow, errorCodes, isBetterBaseError } from '@betterbase/core';
import type { ImportSummary, ImportTarget, MovableTable } from '@betterbase/engine';
import { adminFetch } from '../admin/admin-fetch.ts';
import { readLines } from '../admin/read-lines.ts';
import { parseServerError } from '../admin/server-error.ts';
import { isRecord } from '../json/is-record.ts';
import type { Target } from '../workspace/target.ts';

export interface OpenExport {
  readonly export: string;
  readonly version: number;
  readonly tables: readonly MovableTable[];
}

export interface OpenImport {
  readonly import: string;
  readonly tables: readonly MovableTable[];
}

/** Waits between tries, ms. */
const patience = [200, 1_000, 3_000, 10_000];

export class MoveClient {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  openExport(): Promise<OpenExport> {
    return this.#json('POST', '/exports', {});
  }

  /** Lines of encoded JSON, one for each document. */
  async *documents(id: string, table: string): AsyncGenerator<string> {
    let after: number | null = null;
    for (let failures = 0; ; ) {
      try {
        const query: string = after === null ? '' : `?after=${after}`;
        const response = await adminFetch(this.#target, `/exports/${id}/tables/${encodeURIComponent(table)}${query}`, { method: 'GET' });
        if (response.body === null) throw cutOff();
        for await (const line of readLines(response.body)) {
          if (line.startsWith('{"$')) return assertEnd(line);
          after = creationTimeOf(line);
          failures = 0;
          yield line;
        }
        throw cutOff();
      } catch (failure) {
        const wait = patience[failures++];
        if (wait === undefined || !isPassing(failure)) throw failure;
        await pause(wait);
      }
    }
  }

  async closeExport(id: string): Promise<void> {
    await this.#json('DELETE', `/exports/${id}`);
  }

  beginImport(tables: readonly ImportTarget[], batched: boolean): Promise<OpenImport> {
    return this.#json('POST', '/imports', { tables, batched });
  }

  /** Sends lines of a table, of which the first is line `from`. Those that the server has are passed over. */
  async sendLines(id: string, table: string, from: number, text: string): Promise<void> {
    const path = `/imports/${id}/tables/${encodeURIComponent(table)}?from=${from}`;
    await patiently(async () => await adminFetch(this.#target, path, { method: 'POST', body: text }));
  }

  finishImport(id: string, dryRun: boolean): Promise<ImportSummary> {
    return patiently(() => this.#json('POST', `/imports/${id}/finish`, { dryRun }));
  }

  async dropImport(id: string): Promise<void> {
    await this.#json('DELETE', `/imports/${id}`);
  }

  async #json<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await adminFetch(this.#target, path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    return (await response.json()) as Answer;
  }
}

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await work();
    } catch (failure) {
      const wait = patience[failures++];
      if (wait === undefined || !isPassing(failure)) throw failure;
      await pause(wait);
    }
  }
}

/** Whether trying again may help. An error without a name is a connection that broke. */
function isPassing(failure: unknown): boolean {
  if (!isBetterBaseError(failure)) return failure instanceof TypeError;
  const { retry }: CodeRow = errorCodes[failure.code];
  return retry !== 'never';
}

function assertEnd(line: string): void {
  const last: unknown = JSON.parse(line);
  if (isRecord(last) && '$error' in last) throw parseServerError(last['$error'], 500);
}

function creationTimeOf(line: string): number {
  const document: unknown = JSON.parse(line);
  if (isRecord(document) && typeof document['_creationTime'] === 'number') return document['_creationTime'];
  throw new BetterBaseError('connection/lost', 'The server sent a document without `_creationTime`.');
}

function cutOff(): BetterBaseError {
  return new BetterBaseError('connection/lost', 'The connection broke before the end of the table.', { hint: 'Export again.' });
}
