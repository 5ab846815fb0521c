import type { BetterAuthPlugin } from 'better-auth';
import { anonymous } from 'better-auth/plugins/anonymous';
import { keepAnonymous } from './keep-anonymous.ts';

export function anonymousUsers(project: string): BetterAuthPlugin {
  return anonymous({ emailDomainName: `${project}.anonymous.invalid`, onLinkAccount: keepAnonymous });
}
