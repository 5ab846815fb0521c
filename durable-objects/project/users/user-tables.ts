import type { RowTables } from '@betterbase/providers/rows';
import type { SqlDisk } from '../sql-disk.ts';
import { text } from '../sql-disk.ts';

/** Columns with their declarations. Texts and numbers only: moments are ISO 8601, truths 0 and 1. */
const declared = {
  user: {
    id: 'TEXT PRIMARY KEY',
    name: 'TEXT NOT NULL',
    email: 'TEXT NOT NULL UNIQUE',
    emailVerified: 'INTEGER NOT NULL DEFAULT 0',
    image: 'TEXT',
    createdAt: 'TEXT NOT NULL',
    updatedAt: 'TEXT NOT NULL',
    role: 'TEXT',
    banned: 'INTEGER',
    banReason: 'TEXT',
    banExpires: 'TEXT',
    metadata: 'TEXT',
    isAnonymous: 'INTEGER',
    /** Whose account this becomes when its address is confirmed: somebody's who has none. */
    upgrades: 'TEXT',
    twoFactorEnabled: 'INTEGER',
    phoneNumber: 'TEXT',
    phoneNumberVerified: 'INTEGER',
  },
  session: {
    id: 'TEXT PRIMARY KEY',
    userId: 'TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE',
    token: 'TEXT NOT NULL UNIQUE',
    expiresAt: 'TEXT NOT NULL',
    createdAt: 'TEXT NOT NULL',
    updatedAt: 'TEXT NOT NULL',
    ipAddress: 'TEXT',
    userAgent: 'TEXT',
  },
  account: {
    id: 'TEXT PRIMARY KEY',
    userId: 'TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE',
    accountId: 'TEXT NOT NULL',
    providerId: 'TEXT NOT NULL',
    accessToken: 'TEXT',
    refreshToken: 'TEXT',
    idToken: 'TEXT',
    accessTokenExpiresAt: 'TEXT',
    refreshTokenExpiresAt: 'TEXT',
    scope: 'TEXT',
    password: 'TEXT',
    createdAt: 'TEXT NOT NULL',
    updatedAt: 'TEXT NOT NULL',
  },
  verification: {
    id: 'TEXT PRIMARY KEY',
    identifier: 'TEXT NOT NULL',
    value: 'TEXT NOT NULL',
    expiresAt: 'TEXT NOT NULL',
    createdAt: 'TEXT NOT NULL',
    updatedAt: 'TEXT NOT NULL',
  },
  twoFactor: {
    id: 'TEXT PRIMARY KEY',
    userId: 'TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE',
    secret: 'TEXT NOT NULL',
    backupCodes: 'TEXT NOT NULL',
    verified: 'INTEGER',
    failedVerificationCount: 'INTEGER',
    lockedUntil: 'TEXT',
  },
  passkey: {
    id: 'TEXT PRIMARY KEY',
    userId: 'TEXT NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE',
    name: 'TEXT',
    publicKey: 'TEXT NOT NULL',
    credentialID: 'TEXT NOT NULL UNIQUE',
    counter: 'INTEGER NOT NULL',
    deviceType: 'TEXT NOT NULL',
    backedUp: 'INTEGER NOT NULL',
    transports: 'TEXT',
    createdAt: 'TEXT',
    aaguid: 'TEXT',
    lastUsedAt: 'TEXT',
  },
  jwks: {
    id: 'TEXT PRIMARY KEY',
    publicKey: 'TEXT NOT NULL',
    privateKey: 'TEXT NOT NULL',
    createdAt: 'TEXT NOT NULL',
    expiresAt: 'TEXT',
    alg: 'TEXT',
    crv: 'TEXT',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

const indexes = [
  ['session', 'userId'],
  ['twoFactor', 'userId'],
  ['passkey', 'userId'],
  ['account', 'userId'],
  ['account', 'accountId'],
  ['verification', 'identifier'],
  ['verification', 'expiresAt'],
] as const;

/** As operations name them. */
export const userTables: RowTables = Object.fromEntries(
  Object.entries(declared).map(([name, columns]) => [name, { table: tableOf(name), columns: Object.keys(columns) }]),
);

export function hasUserTables(disk: SqlDisk): boolean {
  return disk.rows("SELECT 1 FROM sqlite_master WHERE name = 'auth_jwks'").length > 0;
}

/** Makes the tables, and gives those of an earlier release the columns that have come since. */
export function openUserTables(disk: SqlDisk): void {
  for (const [name, columns] of Object.entries(declared)) {
    const table = tableOf(name);
    const known = disk.rows(`PRAGMA table_info("${table}")`).map(([, column]) => text(column));
    if (known.length === 0) {
      const list = Object.entries(columns).map(([column, declaration]) => `"${column}" ${declaration}`);
      disk.rows(`CREATE TABLE "${table}" (${list.join(', ')})`);
      continue;
    }
    for (const [column, declaration] of Object.entries(columns))
      if (!known.includes(column)) disk.rows(`ALTER TABLE "${table}" ADD COLUMN "${column}" ${declaration}`);
  }
  disk.rows('CREATE UNIQUE INDEX IF NOT EXISTS auth_user_phone ON auth_user (phoneNumber)');
  for (const [name, column] of indexes)
    disk.rows(`CREATE INDEX IF NOT EXISTS "${tableOf(name)}_${column}" ON "${tableOf(name)}" ("${column}")`);
}

function tableOf(name: string): string {
  return `auth_${name}`;
}
