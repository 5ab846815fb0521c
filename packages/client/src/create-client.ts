import { BetterBaseClient } from './client.ts';
import type { ClientOptions } from './options.ts';

/**
 * A client of one project. It connects when something is first watched or called.
 *
 * @example const client = createClient({ url: 'https://api.example.com/p/shop' });
 * @throws BetterBaseError `config/invalid` when the url is not one.
 */
export function createClient(options: ClientOptions): BetterBaseClient {
  return new BetterBaseClient(options);
}
