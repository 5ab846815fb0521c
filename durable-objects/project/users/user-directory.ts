import { BetterBaseError } from '@betterbase/core';
import type { Row, RowAnswer, RowCondition, RowOperation } from '@betterbase/providers/rows';

/** A user as those who administer the project see them. */
export interface ListedUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly image: string | null;
  readonly role: string | null;
  readonly metadata: unknown;
  readonly banned: boolean;
  readonly banReason: string | null;
  /** ms since 1970 */
  readonly createdAt: number;
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly role?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly banned?: boolean | undefined;
  readonly ban_reason?: string | undefined;
  /** ms since 1970; null: for good. */
  readonly ban_expires?: number | null | undefined;
}

export interface UsersPlace {
  readonly after?: string | undefined;
  readonly limit: number;
  readonly email?: string | undefined;
}

export interface UserDirectoryParts {
  readonly rows: (operation: RowOperation) => RowAnswer;
  readonly now: () => number;
}

/** The project's users, for those who administer it. */
export class UserDirectory {
  readonly #parts: UserDirectoryParts;

  constructor(parts: UserDirectoryParts) {
    this.#parts = parts;
  }

  /** By id. */
  list({ after, limit, email }: UsersPlace): readonly ListedUser[] {
    const where = [
      ...(after === undefined ? [] : [is('id', after, 'gt')]),
      ...(email === undefined ? [] : [is('email', email.toLowerCase())]),
    ];
    const { rows } = this.#parts.rows({ do: 'find', table: 'user', where, limit, offset: 0, sort: { field: 'id', direction: 'asc' } });
    return rows.map(toListed);
  }

  /** Whoever is banned is out at once, and their sessions are over. @throws BetterBaseError `auth/no-user` */
  change(id: string, change: UserChange): ListedUser {
    const { rows, now } = this.#parts;
    const { name, role, metadata, banned, ban_reason: reason, ban_expires: until } = change;
    const set: Row = {
      updatedAt: new Date(now()).toISOString(),
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role }),
      ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
      // What an earlier ban said, and how long it was, means nothing for this one.
      ...(banned === undefined ? {} : { banned: banned ? 1 : 0, banReason: null, banExpires: null }),
      ...(reason === undefined ? {} : { banReason: reason }),
      ...(until === undefined ? {} : { banExpires: until === null ? null : new Date(until).toISOString() }),
    };
    const [changed] = rows({ do: 'update', table: 'user', where: [is('id', id)], reach: 'one', set, add: {} }).rows;
    if (changed === undefined) throw noUser(id);
    if (banned === true) this.endSessions(id);
    return toListed(changed);
  }

  /** Signs a user out everywhere. Returns how many sessions there were. */
  endSessions(id: string): number {
    return this.#parts.rows({ do: 'delete', table: 'session', where: [is('userId', id)], reach: 'all' }).count;
  }

  /** @throws BetterBaseError `auth/no-user` */
  delete(id: string): void {
    this.endSessions(id);
    for (const table of ['account', 'twoFactor', 'passkey'])
      this.#parts.rows({ do: 'delete', table, where: [is('userId', id)], reach: 'all' });
    if (this.#parts.rows({ do: 'delete', table: 'user', where: [is('id', id)], reach: 'one' }).count === 0) throw noUser(id);
  }
}

function is(field: string, value: string, operator: 'eq' | 'gt' = 'eq'): RowCondition {
  return { field, operator, value, connector: 'AND', mode: 'sensitive' };
}

function toListed(row: Row): ListedUser {
  const text = (name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
  const metadata = text('metadata');
  return {
    id: text('id') ?? '',
    name: text('name') ?? '',
    email: text('email') ?? '',
    emailVerified: row['emailVerified'] === 1,
    image: text('image'),
    role: text('role'),
    metadata: metadata === null ? null : JSON.parse(metadata),
    banned: row['banned'] === 1,
    banReason: text('banReason'),
    createdAt: Date.parse(text('createdAt') ?? ''),
  };
}

function noUser(id: string): BetterBaseError {
  return new BetterBaseError('auth/no-user', `There is no user ${JSON.stringify(id.slice(0, 80))} in this project.`, {
    hint: '`bb auth users` lists them.',
  });
}
