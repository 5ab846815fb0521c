/** A project's users, and how they may sign in. */
import { BetterBaseError } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import { type AuthSettings, secretAuthSettings } from '@betterbase/protocol/auth';
import { Hono } from 'hono';
import { auditNote } from '../../access/audit.ts';
import { authIsolate } from '../../auth-isolate.ts';
import { configOf } from '../../env.ts';
import { failureResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { ProjectUsersPort } from '../../users-port.ts';
import { objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function userRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/projects/:project/auth/settings', async (context) => {
    const result = await objectOf(context).authSettings();
    return result.ok ? { settings: shown(result.settings) } : failureResponse(result.error);
  });
  serve(routes, 'PATCH /admin/projects/:project/auth/settings', async (context, { body }) => {
    const change = defined(body);
    const result = await objectOf(context).changeAuthSettings(change, note(context, 'auth_settings', null, shown(change)));
    return result.ok ? { settings: shown(result.settings) } : failureResponse(result.error);
  });
  serve(routes, 'POST /admin/projects/:project/auth/messages', (context, { body }) => showMessage(context, body));
  serve(routes, 'GET /admin/projects/:project/auth/users', async (context, { query }) => ({
    users: [...(await objectOf(context).listUsers(query))],
  }));
  serve(routes, 'PATCH /admin/projects/:project/auth/users/:id', async (context, { body }) => {
    const id = idOf(context);
    const result = await objectOf(context).changeUser(id, body, note(context, 'user', id, body));
    return result.ok ? { user: result.user } : failureResponse(result.error);
  });
  serve(routes, 'DELETE /admin/projects/:project/auth/users/:id/sessions', async (context) => {
    const id = idOf(context);
    const result = await objectOf(context).endUserSessions(id, note(context, 'user', id, null));
    return result.ok ? { ended: result.ended } : failureResponse(result.error);
  });
  serve(routes, 'DELETE /admin/projects/:project/auth/users/:id', async (context) => {
    const id = idOf(context);
    const result = await objectOf(context).deleteUser(id, note(context, 'user', id, null));
    return result.ok ? { success: true as const } : failureResponse(result.error);
  });
  return routes;
}

async function showMessage(
  context: GatewayContext,
  { kind, to }: ParsedRequest<'POST /admin/projects/:project/auth/messages'>['body'],
): Promise<AnswerOf<'POST /admin/projects/:project/auth/messages'> | Response> {
  const { env, executionCtx } = context;
  const object = objectOf(context);
  const known = await object.users();
  if (!known.ok) return failureResponse(known.error);
  const origin = env.PUBLIC_URL ?? new URL(context.req.url).origin;
  const order = { context: known.context, kind, to: to ?? null, origin, isDevelopment: configOf(env).isDevelopment };
  const port = new ProjectUsersPort(object, known.context.project, { env, executionCtx });
  const { message, problem } = await authIsolate(env, executionCtx.exports).message(order, port);
  if (problem !== null) throw new BetterBaseError('auth/message-lost', `The message was not taken: ${problem}`);
  const { channel, subject, text, html } = message;
  return { message: { channel, subject, text, html, sent: to !== undefined } };
}

function note(context: GatewayContext, resourceType: 'user' | 'auth_settings', resourceId: string | null, after: unknown) {
  return auditNote(context, { resourceType, resourceId, project: context.req.param('project') ?? '', after });
}

function idOf(context: GatewayContext): string {
  return context.req.param('id') ?? '';
}

/** Of a secret, whether it is there. */
function shown(settings: Partial<AuthSettings>): Readonly<Record<string, unknown>> {
  const told = Object.entries(settings).map(([name, value]): [string, unknown] => [name, isSecret(name) ? value !== '' : value]);
  return Object.fromEntries(told);
}

function isSecret(name: string): boolean {
  return secretAuthSettings.some((each) => each === name);
}

/** Without what is not named: it stays as it is. */
function defined(change: { readonly [Name in keyof AuthSettings]?: AuthSettings[Name] | undefined }): Partial<AuthSettings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
