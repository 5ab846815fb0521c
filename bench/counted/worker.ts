/** The store alone in a Durable Object, on a disk that counts the rows it reads: `?rows=<n>` fills a table and counts a part of it. */
import type {
  DurableObjectNamespace,
  DurableObjectState,
  Request as WorkerRequest,
  Response as WorkerResponse,
} from '@cloudflare/workers-types';
import { v } from '@betterbase/core';
import { type DocumentWrite, encodeDocumentId, newInternalId } from '@betterbase/engine';
import { durableObjectDisk, EmbeddedStore } from '@betterbase/providers';
import { roomOf } from '../app/betterbase/_content.ts';

declare const Response: typeof WorkerResponse;

const table = {
  name: 'rows',
  document: v.object({ room: v.string() }).json,
  indexes: [{ kind: 'index' as const, name: 'by_room', fields: ['room'], unique: false, counted: true as const }],
};
const atOnce = 2_000;
const startTime = 1_700_000_000_000;

export default {
  fetch(request: WorkerRequest, env: { readonly COUNTED: DurableObjectNamespace }): Promise<WorkerResponse> {
    return env.COUNTED.get(env.COUNTED.newUniqueId()).fetch(request);
  },
};

export class Counted {
  readonly #state: DurableObjectState;

  constructor(state: DurableObjectState) {
    this.#state = state;
  }

  async fetch(request: WorkerRequest): Promise<WorkerResponse> {
    const rows = Number(new URL(request.url).searchParams.get('rows'));
    let read = 0;
    const { storage } = this.#state;
    const store = new EmbeddedStore({
      ...durableObjectDisk(storage),
      read: (text, ...params) => {
        const cursor = storage.sql.exec(text, ...params);
        const found = [...cursor.raw<(null | number | string | ArrayBuffer)[]>()];
        read += cursor.rowsRead;
        return found;
      },
    });
    await store.open();
    await store.migrate({ schema: { tables: [table] }, deployment: 'one', basedOn: 0, version: 1 });
    for (let from = 0, version = 1; from < rows; from += atOnce, version++) {
      const writes = Array.from({ length: Math.min(atOnce, rows - from) }, (_, at) => insertion(from + at));
      await store.commit({
        basedOn: version,
        version: version + 1,
        time: timeOf(from + writes.length),
        now: startTime,
        writes,
        outcome: null,
      });
    }
    read = 0;
    const end = { prefix: [roomOf(0)], inclusive: true };
    const counted = await store.count({ table: 'rows', index: 'by_room', lower: end, upper: end });
    return new Response(JSON.stringify({ counted, read }));
  }
}

/** A creation time of its own for each, all of them exact. */
function timeOf(position: number): number {
  return startTime + position / 1_024;
}

function insertion(position: number): DocumentWrite {
  const time = timeOf(position);
  const id = encodeDocumentId(1, newInternalId(time, new Uint8Array(10)));
  return { table: 'rows', id, before: null, after: { _id: id, _creationTime: time, room: roomOf(position) } };
}
