/**
 * Somebody shows that a mailbox is theirs, and finds an account of its address that nobody has shown to be theirs: whoever made it
 * may have been anybody. better-auth takes away its passwords, issuers and sessions; here goes whatever else would let its maker in.
 */
import type { RowAnswer, RowCondition, RowOperation, RowsPort } from '@betterbase/providers/rows';

/** Where whoever comes shows the mailbox, and nothing that the account's maker has. Below `/auth`. */
const shown: ReadonlySet<string> = new Set(['/sign-in/email-otp', '/magic-link/verify']);
const resets = /\/(?:email-otp\/)?reset-password$/;

/** @param path as better-auth has it */
export function provenRows(rows: RowsPort, path: string): RowsPort {
  return shown.has(path) ? new ProvenRows(rows) : rows;
}

/** Rows of a request that shows a mailbox: before its account counts as confirmed, nothing is left in it of others. */
class ProvenRows implements RowsPort {
  readonly #rows: RowsPort;

  constructor(rows: RowsPort) {
    this.#rows = rows;
  }

  async rows(operation: RowOperation): Promise<RowAnswer> {
    if (operation.do === 'update' && operation.table === 'user' && operation.set['emailVerified'] === 1) {
      const id = operation.where.find(({ field }) => field === 'id')?.value;
      if (typeof id === 'string') await forgetUnproven(this.#rows, id);
    }
    return await this.#rows.rows(operation);
  }
}

interface Reset {
  readonly user: { readonly id: string; readonly emailVerified: boolean };
  /** In whose mailbox the link or the code was. */
  readonly request: Request | undefined;
}

/** A password was replaced by what a mailbox got. */
export async function afterReset(rows: RowsPort, { user, request }: Reset): Promise<void> {
  const { pathname } = new URL(request?.url ?? 'about:blank');
  if (user.emailVerified || !resets.test(pathname) || pathname.includes('/phone-number/')) return;
  await rows.rows({ do: 'delete', table: 'account', where: [is('userId', user.id), isNot('providerId', 'credential')], reach: 'all' });
  await forgetUnproven(rows, user.id);
}

async function forgetUnproven(rows: RowsPort, user: string): Promise<void> {
  for (const table of ['passkey', 'twoFactor']) await rows.rows({ do: 'delete', table, where: [is('userId', user)], reach: 'all' });
  // Nor does it become that of whoever made it without having an account.
  const set = { upgrades: null, phoneNumber: null, phoneNumberVerified: 0, twoFactorEnabled: 0 };
  await rows.rows({ do: 'update', table: 'user', where: [is('id', user)], reach: 'one', set, add: {} });
}

function is(field: string, value: string): RowCondition {
  return { field, operator: 'eq', value, connector: 'AND', mode: 'sensitive' };
}

function isNot(field: string, value: string): RowCondition {
  return { ...is(field, value), operator: 'ne' };
}
