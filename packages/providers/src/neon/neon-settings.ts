import { neonConfig } from '@neondatabase/serverless';
import type { Send } from '../remote/send.ts';

/** What we hand the vendor's driver for one batch. It merges it into what it gives to `fetch`. */
export interface NeonFetchOptions {
  readonly signal: AbortSignal;
  readonly send: Send;
}

const vendorsEndpoint = neonConfig.fetchEndpoint;

/**
 * The vendor's driver has one setting for all of where a host's HTTP is, and one of how it is asked. With ours, a host that
 * is this machine is spoken to without TLS, and each batch brings its own `fetch`.
 */
export function settleNeon(): void {
  neonConfig.fetchEndpoint = (host, port, options) => {
    if (host === 'localhost' || host === '127.0.0.1') return `http://${host}:${port}/sql`;
    return typeof vendorsEndpoint === 'function' ? vendorsEndpoint(host, port, options) : vendorsEndpoint;
  };
  neonConfig.fetchFunction = (url: string, { send, ...init }: RequestInit & Partial<NeonFetchOptions>) => (send ?? fetch)(url, init);
}
