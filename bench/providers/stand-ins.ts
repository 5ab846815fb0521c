/** A process with the databases that are elsewhere, until its parent goes. It speaks the vendors' protocols. */
import { FaultProxy, findPostgres, startHrana, startNeon, startPglite, startPostgres } from '@betterbase/testing/stand-ins';
import type { Addresses } from './place.ts';

/** What a request takes to get there, ms: as for a database in the next region. On this machine it would take none. */
const distance = 20;
const tursoToken = 'only-for-the-benchmark-0123456789';
const folder = findPostgres();
const postgres = await (folder === null ? startPglite() : startPostgres(folder));
const [hrana, neon] = await Promise.all([startHrana({ authToken: tursoToken }), startNeon(postgres)]);
const far = async (address: string, port: number): Promise<string> => {
  const proxy = await FaultProxy.start(port);
  await proxy.set({ type: 'delay', milliseconds: distance });
  return address.replace(`:${port}`, `:${proxy.port}`);
};
const addresses: Addresses = { turso: await far(hrana.url, hrana.port), tursoToken, neon: await far(neon.connectionString, neon.port) };
process.once('disconnect', () => {
  void (async () => {
    await Promise.all([hrana.close(), neon.close()]);
    await postgres.stop();
    process.exit();
  })();
});
process.send?.(addresses);
