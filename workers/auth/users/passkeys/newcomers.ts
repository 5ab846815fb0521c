/**
 * Accounts that begin with a passkey. They have no address: nobody could say yet whose it is. One is added, and confirmed, by
 * `change-email`.
 */
import type { GenericEndpointContext, User } from 'better-auth';
import { APIError } from 'better-auth/api';

const longestName = 200;
/** No account has such an id. */
const prefix = 'newcomer ';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly displayName?: string | undefined;
}

/** Who the device is told that the passkey is for. @param context what the page said of them, as JSON */
export function newcomer(context: string | null | undefined): Named {
  const name = nameIn(context);
  return { id: `${prefix}${crypto.randomUUID()}`, name: name === '' ? 'Passkey' : name };
}

/** Whether the ceremony was begun by nobody who is signed in. */
export function isNewcomer({ id }: Named): boolean {
  return id.startsWith(prefix);
}

/** Returns the id of the account. */
export async function makeNewcomer(context: GenericEndpointContext, project: string, said: string | null | undefined): Promise<string> {
  const email = `${crypto.randomUUID()}@${project}.passkey.invalid`;
  const made = await context.context.internalAdapter.createUser({ email, name: nameIn(said), emailVerified: false }, { method: 'passkey' });
  return made.id;
}

/** Whoever began without an account can come back to it from now on. */
export async function keepAnonymous(
  { context }: GenericEndpointContext,
  user: User & { readonly isAnonymous?: unknown },
  said: string | null | undefined,
): Promise<void> {
  if (user.isAnonymous !== true) return;
  const name = nameIn(said);
  await context.internalAdapter.updateUser(user.id, { isAnonymous: false, ...(name === '' ? {} : { name }) });
}

/** @throws APIError when some account has the passkey */
export async function assertNew({ context }: GenericEndpointContext, credentialID: string): Promise<void> {
  const known = await context.adapter.findOne({ model: 'passkey', where: [{ field: 'credentialID', value: credentialID }] });
  if (known !== null) throw new APIError('BAD_REQUEST', { code: 'PREVIOUSLY_REGISTERED', message: 'This passkey is known already.' });
}

/** What they want to be called; empty: they have not said. */
function nameIn(context: string | null | undefined): string {
  try {
    const said: unknown = JSON.parse(context ?? '{}');
    const { name } = said as { readonly name?: unknown };
    return typeof name === 'string' ? name.trim().slice(0, longestName) : '';
  } catch {
    // Something else than JSON names nobody.
    return '';
  }
}
