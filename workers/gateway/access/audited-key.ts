/** What the audit log says of keys. */
import type { ListedKey } from './key-store.ts';

export function keyResource({ id, project }: ListedKey) {
  return { resourceType: 'api_key', resourceId: id, project } as const;
}

/** What is kept of a key. */
export function rememberedKey({ kind, name, role, scopes, prefix, expiresAt }: ListedKey): object {
  return { kind, name, role, scopes, prefix, expiresAt };
}
