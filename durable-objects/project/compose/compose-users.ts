import { type AuthProvider, BetterBaseError } from '@betterbase/core';
import { applyUsersPath } from '@betterbase/protocol';
import type { UserName } from '../connections/session-store.ts';
import type { ProjectCode } from '../deployments/project-code.ts';
import type { TokenVerifier } from '../identity/token-verifier.ts';
import { VerifiedTokens } from '../identity/verified-tokens.ts';
import type { ProjectPlatform } from '../project-platform.ts';
import type { Requests } from '../requests.ts';
import type { Switchboard } from '../switchboard.ts';
import { AcceptedIssuers } from '../users/accepted-issuers.ts';
import { issuerOf } from '../users/own-issuer.ts';
import { OwnTokens } from '../users/own-tokens.ts';
import { ProjectUsers } from '../users/project-users.ts';
import type { ProjectData } from './project-data.ts';

/** Whose tokens an app accepts that does not say. */
const nobody: readonly AuthProvider[] = [];

export interface UsersSurroundings {
  readonly code: ProjectCode;
  readonly requests: Requests;
  readonly call: Switchboard['call'];
  /** Wakes the project at this time. */
  readonly guard: (at: number) => Promise<void>;
  /** What this user has shown is good no more. */
  readonly expire: (user: UserName) => void;
}

/** The people who sign in to the project, and the tokens that are accepted: theirs, and those of issuers that the app names. */
export function composeUsers(
  platform: ProjectPlatform,
  { environment }: ProjectData,
  { code, requests, call, guard, expire }: UsersSurroundings,
): { readonly users: ProjectUsers; readonly tokens: TokenVerifier } {
  const { project, disk, userCipher = null, randomName, now, digest, checkToken } = platform;
  const mutate = (path: string, args: string) =>
    call({ kind: 'mutation', path, args, identity: null, reach: 'any', idempotencyKey: null, requestId: requests.next() });
  const users = new ProjectUsers({
    project,
    disk,
    cipher: userCipher,
    environment,
    newSecret: () => randomName(32),
    now,
    mirror: {
      schema: () => code.active?.manifest.schema ?? null,
      apply: async (args) => {
        const outcome = await mutate(applyUsersPath, args);
        if (!outcome.ok) throw new BetterBaseError(outcome.error.code, outcome.error.message);
      },
      guard,
    },
    ended: (subject) => expire({ issuer: issuerOf(project), subject }),
    moveUser: async (path, args) => (await mutate(path, args)).ok,
  });
  const accepted = new AcceptedIssuers({ own: () => users.issuer, others: () => code.active?.manifest.auth ?? nobody });
  const tokens = new OwnTokens({
    tokens: new VerifiedTokens({ providers: () => accepted.all, check: checkToken, digest, now }),
    issuer: issuerOf(project),
    isAlive: (session, user) => users.isAlive(session, user),
  });
  return { users, tokens };
}
