import type { WireError } from '@betterbase/protocol';
import type { Mover } from './mover.ts';

export interface ExportRead {
  readonly id: string;
  readonly table: string;
  /** Documents created after this; null: from the first. */
  readonly after: number | null;
}

/** The last line of a stream: no document has such a field. */
export type LastLine = { readonly $end: true } | { readonly $error: WireError };

/** The documents of a table as NDJSON. One step is read at a time, when the reader wants more: nothing piles up here. */
export function exportStream(mover: Pick<Mover, 'step'>, { id, table, after }: ExportRead): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let from = after;
  return new ReadableStream({
    type: 'bytes',
    pull: async (controller) => {
      for (;;) {
        const outcome = await mover.step({ move: 'read-export', id, table, after: from });
        const read = outcome.ok && outcome.value.move === 'read-export' ? outcome.value : null;
        if (read !== null && read.text !== '') controller.enqueue(encoder.encode(read.text));
        const last = lastLine(outcome);
        if (last !== null) {
          controller.enqueue(encoder.encode(`${JSON.stringify(last)}\n`));
          controller.close();
          return;
        }
        from = read?.next ?? null;
        if (read?.text !== '') return;
      }
    },
  });
}

function lastLine(outcome: Awaited<ReturnType<Mover['step']>>): LastLine | null {
  if (!outcome.ok) return { $error: outcome.error };
  if (outcome.value.move === 'read-export' && outcome.value.next !== null) return null;
  return { $end: true };
}
