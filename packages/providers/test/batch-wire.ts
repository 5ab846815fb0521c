/** Batches between a test and a Worker, in JSON that keeps every value: numbers that JSON has not, and bytes. */
import type { RemoteFailure, RemoteResult, RemoteStatement, SqlValue } from '@betterbase/providers';

export type DriverChoice =
  | { readonly driver: 'd1' }
  | { readonly driver: 'turso'; readonly url: string; readonly authToken: string; readonly timeout?: number }
  | { readonly driver: 'neon'; readonly connectionString: string; readonly timeout?: number }
  | { readonly driver: 'postgres'; readonly connectionString: string; readonly isEncrypted?: boolean; readonly timeout?: number };

export interface BatchRequest {
  readonly choice: DriverChoice;
  readonly statements: readonly RemoteStatement[];
  readonly mode: 'read' | 'write';
}

export type BatchAnswer =
  | { readonly ok: true; readonly results: readonly RemoteResult[] }
  | { readonly ok: false; readonly failure: RemoteFailure; readonly message: string };

export function toJson(message: BatchRequest | BatchAnswer): string {
  return JSON.stringify(message, (_key, value: SqlValue) => {
    if (value instanceof ArrayBuffer) return { bytes: Buffer.from(value).toString('base64') };
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
      return { number: Object.is(value, -0) ? '-0' : String(value) };
    return value;
  });
}

export function fromJson<T extends BatchRequest | BatchAnswer>(text: string): T {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('bytes' in value) return Uint8Array.from(Buffer.from(String(value.bytes), 'base64')).buffer;
    return 'number' in value ? Number(value.number) : value;
  }) as T;
}
