/** A project's database elsewhere is its own: which one it is, is fixed by the first deployment, and nobody else may have it. */
import type { DatabaseClaim } from '@betterbase/providers';
import type { WireError } from '@betterbase/protocol';
import type { Checked } from '../project-door.ts';
import { type SqlDisk, text } from '../sql-disk.ts';
import type { ProviderAddress } from './provider-address.ts';

export interface ClaimParts {
  readonly project: string;
  readonly disk: SqlDisk;
  readonly newOwner: () => string;
  /** Takes a database that is nobody's, and says whose it is then. */
  readonly claim: (address: ProviderAddress, claim: DatabaseClaim) => Promise<Checked<{ readonly holder: DatabaseClaim }>>;
  /** Says whose a database is, and changes nothing. */
  readonly findOwner: (address: ProviderAddress) => Promise<Checked<{ readonly holder: DatabaseClaim | null }>>;
}

/** Why the database at this address cannot be the project's; null when it is from now on. */
export async function claimFor(address: ProviderAddress, { project, disk, newOwner, claim }: ClaimParts): Promise<WireError | null> {
  const owner = ownerOf(disk, newOwner);
  const claimed = await claim(address, { project, owner });
  if (!claimed.ok) return claimed.error;
  return claimed.holder.owner === owner ? null : taken(claimed.holder.project);
}

/** Why the database at this address is not the one with the project's documents; null when it is. Takes none that is nobody's. */
export async function verifyFor(address: ProviderAddress, { disk, newOwner, findOwner }: ClaimParts): Promise<WireError | null> {
  const found = await findOwner(address);
  if (!found.ok) return found.error;
  if (found.holder === null) return withoutDocuments;
  return found.holder.owner === ownerOf(disk, newOwner) ? null : taken(found.holder.project);
}

/** Names cannot say whose it is: the same project may run on two machines. */
function ownerOf(disk: SqlDisk, newOwner: () => string): string {
  disk.rows('CREATE TABLE IF NOT EXISTS provider_owner (only INTEGER PRIMARY KEY CHECK (only = 1), owner TEXT NOT NULL)');
  disk.rows('INSERT OR IGNORE INTO provider_owner (only, owner) VALUES (1, ?)', newOwner());
  return text(disk.rows('SELECT owner FROM provider_owner')[0]?.[0]);
}

const withoutDocuments: WireError = {
  code: 'provider/changed',
  message: 'The database there does not have this project’s documents.',
  hint: 'Documents do not move by themselves: copy the database first, with its table _bb_owner, or deploy under another project name.',
};

function taken(holder: string): WireError {
  return {
    code: 'provider/taken',
    message: `This database has the documents of another project, \`${holder}\`.`,
    hint: 'Two projects never share a database: name another one. If that project is gone for good, drop the table _bb_owner in the database, and the next deployment takes it.',
    details: { holder },
  };
}
