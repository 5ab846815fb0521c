import { randomBytes } from 'node:crypto';
import { freePortLike } from '../free-port.ts';
import { readRecord, type StandInPlace, type StandInRecord } from './stand-in-record.ts';

/**
 * Where the stand-in behind a Hyperdrive will be. It is settled before the platform starts: what is bound to it cannot change
 * while it runs.
 */
export async function planHyperdrive(place: StandInPlace): Promise<StandInRecord> {
  const record = await readRecord(place);
  const earlier = record?.type === 'postgres' ? record : null;
  const secret = earlier?.secret ?? randomBytes(24).toString('base64url');
  return { type: 'postgres', port: await freePortLike(earlier?.port ?? 0), secret, setAt: earlier?.setAt ?? {} };
}
