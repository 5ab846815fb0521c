/** Exports and imports over the admin API. What a lost connection interrupts is gone on with. */
import { setTimeout as pause } from 'node:timers/promises';
import { BetterBaseError, type CodeRow, errorCodes, isBetterBaseError } from '@betterbase/core';
import type { ImportSummary, ImportTarget } from '@betterbase/engine';
import { type AnswerOf, toAdminCall } from '@betterbase/protocol/admin';
import { adminFetch, askAdmin } from '../admin/admin-fetch.ts';
import { readLines } from '../admin/read-lines.ts';
import { parseServerError } from '../admin/server-error.ts';
import { isRecord } from '../json/is-record.ts';
import type { Target } from '../workspace/target.ts';

export type OpenExport = AnswerOf<'POST /admin/projects/:project/exports'>;
export type OpenImport = AnswerOf<'POST /admin/projects/:project/imports'>;

/** Waits between tries, ms. */
const patience = [200, 1_000, 3_000, 10_000];

export class MoveClient {
  readonly #target: Target;
  readonly #params: { readonly project: string };

  constructor(target: Target) {
    this.#target = target;
    this.#params = { project: target.project };
  }

  openExport(): Promise<OpenExport> {
    return askAdmin(this.#target, 'POST /admin/projects/:project/exports', { params: this.#params });
  }

  /** Lines of encoded JSON, one for each document. */
  async *documents(id: string, table: string): AsyncGenerator<string> {
    let after: number | null = null;
    for (let failures = 0; ; ) {
      try {
        const params = { ...this.#params, id, table };
        const query: { after?: string } = after === null ? {} : { after: String(after) };
        const call = toAdminCall('GET /admin/projects/:project/exports/:id/tables/:table', { params, query });
        const response = await adminFetch(this.#target, call);
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
    await askAdmin(this.#target, 'DELETE /admin/projects/:project/exports/:id', { params: { ...this.#params, id } });
  }

  beginImport(tables: readonly ImportTarget[], batched: boolean): Promise<OpenImport> {
    const body = { tables: [...tables], batched };
    return askAdmin(this.#target, 'POST /admin/projects/:project/imports', { params: this.#params, body });
  }

  /** Sends lines of a table, of which the first is line `from`. Those that the server has are passed over. */
  async sendLines(id: string, table: string, from: number, text: string): Promise<void> {
    const params = { ...this.#params, id, table };
    const call = toAdminCall('POST /admin/projects/:project/imports/:id/tables/:table', { params, query: { from: String(from) } });
    await patiently(async () => await adminFetch(this.#target, { ...call, body: text }));
  }

  finishImport(id: string, dryRun: boolean): Promise<ImportSummary> {
    const call = { params: { ...this.#params, id }, body: { dryRun } };
    return patiently(() => askAdmin(this.#target, 'POST /admin/projects/:project/imports/:id/finish', call));
  }

  async dropImport(id: string): Promise<void> {
    await askAdmin(this.#target, 'DELETE /admin/projects/:project/imports/:id', { params: { ...this.#params, id } });
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
