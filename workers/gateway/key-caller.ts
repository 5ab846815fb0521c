import { BetterBaseError } from '@betterbase/core';
import { findPrincipal } from './access/find-principal.ts';
import { assertMay } from './access/principal.ts';
import { bearerToken } from './bearer-token.ts';
import type { HttpCaller } from './call-function.ts';
import type { GatewayContext } from './gateway-context.ts';
import { assertAllowedAddress } from './settings/allowed-address.ts';

/** User tokens are JWTs, which begin otherwise. */
const beginning = 'bb_';

/**
 * Who calls a function: a user with a token, anybody, or a server with a key of the project, as the Bearer or in `apikey`.
 * Without a key nothing is looked up.
 *
 * @throws BetterBaseError `auth/bad-token`, `auth/bad-key`, `auth/forbidden`, `auth/too-many-attempts`
 */
export async function keyCaller(context: GatewayContext): Promise<HttpCaller> {
  const shown = bearerToken(context.req.header('authorization'));
  if (shown?.startsWith(beginning) === true) return await callerWith(context, shown, null);
  const key = context.req.header('apikey');
  return key?.startsWith(beginning) === true ? await callerWith(context, key, shown) : { token: shown };
}

/**
 * Lets a server in that has a key of the project which may call its functions: its secret key, or an admin's.
 *
 * @throws BetterBaseError `auth/required`, `auth/bad-key`, `auth/forbidden`, `auth/too-many-attempts`
 */
export async function assertServer(context: GatewayContext): Promise<void> {
  const key = bearerToken(context.req.header('authorization')) ?? context.req.header('apikey');
  if (key === undefined) {
    throw new BetterBaseError('auth/required', 'Only servers of the project may ask for that, with a key.', {
      hint: 'Send its secret key, or an admin’s, as `Authorization: Bearer <key>`.',
    });
  }
  const { principal } = await findPrincipal(context, key, true);
  assertMay(principal, 'functions_edit', context.req.param('project') ?? '');
}

/** A publishable key says no more than which project is meant; the others call any function, unless a user's token is beside them. */
async function callerWith(context: GatewayContext, key: string, token: string | null): Promise<HttpCaller> {
  const { row, principal } = await findPrincipal(context, key, true);
  const project = context.req.param('project') ?? '';
  if (row?.kind === 'publishable') {
    if (row.project === project) return { token };
    throw new BetterBaseError('auth/bad-key', `This is no key of project \`${project.slice(0, 80)}\`.`, {
      hint: '`bb keys list` shows which project a key belongs to.',
    });
  }
  assertMay(principal, 'functions_edit', project);
  if (principal.kind === 'admin') await assertAllowedAddress(context);
  return token === null ? { admin: true, identity: null } : { token };
}
