/** A platform in a process of its own, for tests that end it the hard way. `node platform-process.ts <state folder> [port]` prints its URL. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { startLocalPlatform } = await import('./local-platform.ts');

const [, , state, port = '0'] = process.argv;
if (state === undefined) throw new Error('Name the folder that keeps the state.');
const platform = await startLocalPlatform({ host: 'loader', state, port: Number(port) });
process.stdout.write(`${platform.url}\n`);
