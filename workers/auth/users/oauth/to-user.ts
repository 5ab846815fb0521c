/** Who somebody is to the project, by what a vendor says of them. */

export interface FoundUser {
  readonly user: {
    readonly name?: string;
    readonly email?: string | null;
    readonly image?: string;
    readonly emailVerified: boolean;
  };
  /** As the vendor put it. */
  readonly data: object;
}

export interface Finding {
  readonly provider: string;
  readonly project: string;
  /** Of Microsoft. */
  readonly tenant: string;
  /** Whether somebody who is signed in adds this account to theirs. */
  readonly isLink: boolean;
}

const longestName = 200;
const longestImage = 8_000;
/** Microsoft's tenant of people who are nobody's employees: their addresses are Microsoft's own, or were confirmed to it. */
const personal = '9188040d-6c67-4c5b-b112-36a304b66dad';

export function toUser({ user, data }: FoundUser, finding: Finding): FoundUser['user'] {
  const { provider, project, isLink } = finding;
  const { name = '', email, image } = user;
  const isTold = typeof email === 'string' && email !== '' && !email.endsWith('.placeholder.invalid');
  const picture = pictureOf(image);
  return {
    name: name.trim().slice(0, longestName),
    // Everybody has an address, if only one that leads nowhere, and that nobody can guess and take first.
    email: isTold ? email : `${crypto.randomUUID()}@${project}.${provider}.invalid`,
    // Whoever links is signed in to both: nothing is concluded from the address, so it need not be known to be theirs.
    emailVerified: isLink || (isTold && isVerified(user.emailVerified, data, finding)),
    ...(picture === null ? {} : { image: picture }),
  };
}

/** Whether the address is known to be theirs, so that it may lead to an account that has it already. */
function isVerified(said: boolean, data: object, { provider, tenant }: Finding): boolean {
  if (provider !== 'microsoft') return said;
  const { xms_edov: isOwners, tid }: { readonly xms_edov?: unknown; readonly tid?: unknown } = data;
  if (isOwners === true || isOwners === 1 || isOwners === '1' || isOwners === 'true' || tid === personal) return true;
  // Administrators of a tenant write any address there: their word is good for their own project only.
  return said && tid === tenant;
}

function pictureOf(image: string | undefined): string | null {
  if (image === undefined || image.length > longestImage) return null;
  if (image.startsWith('https://')) return image;
  return image.startsWith('data:image/') ? image.replaceAll(' ', '') : null;
}
