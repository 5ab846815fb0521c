/**
 * Every call that a running project logs, as it happens, across restarts of the runtime.
 *
 * Holds: the sequence number of the last call told, so that none is told twice.
 */
import type { CallLog } from '@betterbase/protocol';
import type { AdminClient } from '../admin/admin-client.ts';

const pauseBetweenConnections = 300;

export class CallFeed {
  readonly #admin: AdminClient;
  readonly #onCall: (call: CallLog) => void;
  readonly #ended = new AbortController();
  #after: number | null = null;

  constructor(admin: AdminClient, onCall: (call: CallLog) => void) {
    this.#admin = admin;
    this.#onCall = onCall;
  }

  start(): void {
    void this.#follow();
  }

  stop(): void {
    this.#ended.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        // What was logged before this start is the last session's news.
        this.#after ??= await this.#newest(signal);
        for await (const call of this.#admin.logs({ after: this.#after, follow: true, signal })) this.#tell(call);
      } catch {
        // The runtime is being restarted, or it is over: the next round finds out.
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, pauseBetweenConnections));
    }
  }

  async #newest(signal: AbortSignal): Promise<number> {
    let newest = 0;
    for await (const { sequence } of this.#admin.logs({ signal })) newest = sequence;
    return newest;
  }

  #tell(call: CallLog): void {
    this.#after = call.sequence;
    this.#onCall(call);
  }
}
