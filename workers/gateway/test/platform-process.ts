/** A platform in a process of its own, for tests that end it the hard way. `node platform-process.ts <state folder>` prints its URL. */
import { startLocalPlatform } from './local-platform.ts';

const [, , state] = process.argv;
if (state === undefined) throw new Error('Name the folder that keeps the state.');
const platform = await startLocalPlatform({ host: 'loader', state });
process.stdout.write(`${platform.url}\n`);
