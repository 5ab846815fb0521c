/** A project that people sign in to with all seven vendors, who are on this machine. */
import { generateKeyPairSync } from 'node:crypto';
import { type IdToken, type Person, samplePeople, SignInStandIn, vendorNames } from '@betterbase/stand-ins/sign-in';
import { onTestFinished, vi } from 'vitest';
import { UsersBench } from './users-bench.ts';
import { Visitor } from './visitor.ts';

export interface VendorsBench {
  readonly bench: UsersBench;
  readonly vendors: SignInStandIn;
  readonly visitor: Visitor;
}

/** Its keys take a second to make: tests of a file share it. */
let made: SignInStandIn | null = null;

const team = { teamId: 'TEAM123456', keyId: 'KEY1234567' };

/** Who is asked is told by their names: requests of servers lead to the stand-ins, and nowhere else. */
export async function startVendorsBench(project = 'shop'): Promise<VendorsBench> {
  const bench = new UsersBench(project);
  const vendors = (made ??= new SignInStandIn());
  vendors.visitor = ada;
  vendors.forgetVisits();
  onTestFinished(() => {
    for (const name of vendorNames) Object.assign(vendors.idTokens(name), { change: (token: IdToken) => token, isForged: false });
  });
  await openTo(bench, vendors);
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', async (...asked: Parameters<typeof fetch>) => {
    const request = new Request(...asked);
    const answered = await vendors.answer(request);
    if (answered === null) throw new Error(`Nobody stands in for ${request.url}.`);
    return answered;
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return { bench, vendors, visitor: new Visitor(bench, vendors) };
}

/** Makes a project known to all vendors, and the vendors to it. */
export async function openTo(bench: UsersBench, vendors: SignInStandIn): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  for (const vendor of vendorNames) {
    const [id, secret] = [`${bench.project}-at-${vendor}`, `secret of ${bench.project} at ${vendor}:+%`];
    const redirects = [`${bench.origin}/p/${bench.project}/auth/callback/${vendor}`];
    const upper = vendor.toUpperCase();
    bench.values[`${upper}_CLIENT_ID`] = id;
    if (vendor !== 'apple') bench.values[`${upper}_CLIENT_SECRET`] = secret;
    vendors.register(vendor, { id, redirects, ...(vendor === 'apple' ? { secret: publicKey, ...team } : { secret }) });
  }
  bench.values['APPLE_TEAM_ID'] = team.teamId;
  bench.values['APPLE_KEY_ID'] = team.keyId;
  bench.values['APPLE_PRIVATE_KEY'] = privateKey;
  await bench.set(Object.fromEntries(vendorNames.map((name) => [`provider_${name}`, true])));
}

const [first, , third, fourth] = samplePeople as readonly [Person, Person, Person, Person];
export const ada: Person = first;
/** Whose address nobody has confirmed. */
export const alan: Person = third;
/** Who has told no address. */
export const mary: Person = fourth;

/** As the project's database has it. */
export function usersOf(bench: UsersBench): readonly Readonly<Record<string, unknown>>[] {
  return bench.users.rows({ do: 'find', table: 'user', where: [], limit: 100, offset: 0, sort: null }).rows;
}

export function accountsOf(bench: UsersBench): readonly Readonly<Record<string, unknown>>[] {
  return bench.users.rows({ do: 'find', table: 'account', where: [], limit: 100, offset: 0, sort: null }).rows;
}

/** Somebody who has been here for long, and whose address is known to be theirs or not. */
export function newcomer(bench: UsersBench, email: string, isVerified = true): string {
  const [id, at] = [crypto.randomUUID(), new Date().toISOString()];
  const row = { id, name: 'Somebody', email, emailVerified: isVerified ? 1 : 0, createdAt: at, updatedAt: at };
  bench.users.rows({ do: 'insert', table: 'user', row });
  return id;
}
