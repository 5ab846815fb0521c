/** What each route of the admin API takes: the server parses with it, and clients are typed by it. */
import type { ErrorCode } from '@betterbase/core';
import type * as z from 'zod/mini';
import type { AdminRoute } from '../admin-table.ts';
import * as auth from './auth.ts';
import * as data from './data.ts';
import * as deployments from './deployments.ts';
import { newKey, revocation } from './keys.ts';
import { policyQuestion } from './policies.ts';
import * as people from './people.ts';
import * as projects from './projects.ts';
import { mail, mailTest, settings } from './settings.ts';

export { settings };
export { codeProof, join, login, reset, resetRequest, setup } from './people.ts';

export interface AdminRequest {
  readonly query?: z.ZodMiniType<object>;
  readonly body?: z.ZodMiniType<object>;
  /** The body is lines of JSON, taken in as they come. */
  readonly lines?: true;
  /** What to send instead of what makes no sense. */
  readonly hint?: string;
  /** Absent: `http/bad-body`. */
  readonly refusal?: ErrorCode;
  /** Success is told as 201. */
  readonly creates?: true;
}

export const adminRequests = {
  'PUT /admin/email': { body: mail, hint: 'Send {"provider": "resend", "from": "BetterBase <bb@example.com>", "api_key": "…"}.' },
  'POST /admin/email/test': { body: mailTest, hint: 'Send {"to": "ann@example.com"}.' },
  'PATCH /admin/instance': { body: settings, hint: 'Send {"log_retention_days": 90}; `GET /admin/instance` shows all of them.' },
  'POST /admin/auth/setup': {
    body: people.setup,
    hint: 'Send {"email": "ann@example.com", "password": "…", "token": "…"}; `bb dev` and `npm run deploy` print the token.',
    creates: true,
  },
  'POST /admin/auth/login': { body: people.login, hint: 'Send {"email": "ann@example.com", "password": "…"}.' },
  'POST /admin/auth/join': { body: people.join, hint: 'Send {"token": "…", "password": "…"}; the token is in the link.', creates: true },
  'POST /admin/auth/second-factor': { body: people.proof, hint: 'Send {"password": "…"}.' },
  'POST /admin/auth/second-factor/confirm': { body: people.codeProof, hint: 'Send {"code": "123456"}, as the app shows it.' },
  'POST /admin/auth/second-factor/codes': { body: people.fullProof, hint: 'Send {"password": "…", "code": "123456"}.' },
  'DELETE /admin/auth/second-factor': { body: people.fullProof, hint: 'Send {"password": "…", "code": "123456"}.' },
  'POST /admin/auth/reset/request': { body: people.resetRequest, hint: 'Send {"email": "ann@example.com"}.' },
  'POST /admin/auth/reset': { body: people.reset, hint: 'Send {"token": "…", "password": "…"}; the token is in the link.' },
  'POST /admin/users/:id/reset': { creates: true },
  'POST /admin/auth/password': { body: people.passwordChange, hint: 'Send {"current": "…", "password": "…"}.' },
  'DELETE /admin/users/:id': { query: people.removal, hint: 'Ask like DELETE /admin/users/<id>?keep_keys=true.' },
  'POST /admin/invitations': { body: people.invitation, hint: 'Send {"email": "ann@example.com", "role": "developer"}.', creates: true },
  'POST /admin/roles/assignments': {
    body: people.assignment,
    hint: 'Send {"admin_id": "…", "role": "developer", "project": "my-app"}.',
    creates: true,
  },

  'POST /admin/api-keys': { body: newKey, hint: 'Send {"name": "ci", "role": "developer", "project": "my-app"}.', creates: true },
  'DELETE /admin/api-keys/:id': { query: revocation, hint: 'Ask like DELETE /admin/api-keys/<id>?keep_made=true.' },
  'GET /admin/audit': { query: data.auditQuestion, hint: 'Ask like /admin/audit?action=api_key.create&from=2030-01-01&limit=50.' },

  'POST /admin/projects': { body: projects.newProject, hint: 'Send {"slug": "my-app", "name": "My app"}.', creates: true },
  'PATCH /admin/projects/:project': {
    body: projects.projectChange,
    hint: 'Send {"name": "My app"} or {"allowed_origins": ["https://app.example.com"]}.',
  },
  'DELETE /admin/projects/:project': { body: projects.confirmation, hint: 'Send {"confirm": "<the project’s name>"}.' },
  'POST /admin/projects/:project/keys/:kind/rotate': {
    query: revocation,
    hint: 'Ask like POST /admin/projects/<project>/keys/admin/rotate?keep_made=true.',
    creates: true,
  },

  'POST /admin/projects/:project/deployments': {
    body: deployments.deployment,
    hint: 'Deploy with `bb deploy`.',
    refusal: 'deployment/bad-bundle',
    creates: true,
  },
  'POST /admin/projects/:project/deployments/preview': {
    body: deployments.deployment,
    hint: 'Look with `bb migrate preview`.',
    refusal: 'deployment/bad-bundle',
  },
  'POST /admin/projects/:project/deployments/rollback': {
    body: deployments.rollback,
    hint: 'Send {"to": "<deployment>"}.',
    refusal: 'deployment/bad-bundle',
    creates: true,
  },
  'POST /admin/projects/:project/run': { body: deployments.run, hint: 'Send {"path": "queries/todos:list", "args": {…}}.' },
  'PATCH /admin/projects/:project/auth/settings': {
    body: auth.authSettingsChange,
    hint: 'Send {"magic_link_enabled": true, "password_min_length": 10}.',
  },
  'POST /admin/projects/:project/auth/messages': {
    body: auth.messageWanted,
    hint: 'Send {"kind": "link"}, or {"kind": "link", "to": "ann@example.com"}.',
  },
  'GET /admin/projects/:project/auth/users': { query: auth.usersPlace, hint: 'Use the `id` of the last user you have as `after`.' },
  'PATCH /admin/projects/:project/auth/users/:id': { body: auth.userChange, hint: 'Send {"banned": true} or {"role": "editor"}.' },
  'PATCH /admin/projects/:project/environment': {
    body: deployments.environmentChange,
    hint: 'Send {"set": {"NAME": "value"}, "unset": ["OTHER"]}.',
  },
  'POST /admin/projects/:project/provider/check': {
    body: deployments.providerQuestion,
    hint: 'Send {"provider": {"type": "d1", "binding": "APP_DB"}}.',
    refusal: 'deployment/bad-bundle',
  },
  'GET /admin/projects/:project/logs': { query: data.logPlace, hint: 'Use the `sequence` of the last entry you have.' },
  'POST /admin/projects/:project/iac/query': { body: deployments.sql, hint: 'Send {"sql": "SELECT …", "params": []}.' },
  'POST /admin/projects/:project/policies/test': {
    body: policyQuestion,
    hint: 'Send {"table": "messages", "claims": {"sub": "ada"}}; without claims nobody is signed in.',
  },

  'POST /admin/projects/:project/exports': { creates: true },
  'GET /admin/projects/:project/exports/:id/tables/:table': {
    query: data.exportPlace,
    hint: 'Use the `_creationTime` of the last document you have.',
  },
  'POST /admin/projects/:project/imports': { body: data.importPlan, hint: 'docs/moving-data.md shows what to send.', creates: true },
  'POST /admin/projects/:project/imports/:id/tables/:table': {
    query: data.importPlace,
    lines: true,
    hint: 'The first line of a table is 1.',
  },
  'POST /admin/projects/:project/imports/:id/finish': { body: data.importEnd, hint: 'docs/moving-data.md shows what to send.' },
} as const satisfies { readonly [Route in AdminRoute]?: AdminRequest };

type Requests = typeof adminRequests;
type RequestOf<Route extends AdminRoute> = Route extends keyof Requests ? Requests[Route] : Record<never, never>;
type Absent = undefined;

/** A body before it is parsed: what a client sends. Undefined: none. */
export type BodyOf<Route extends AdminRoute> = RequestOf<Route> extends { readonly body: infer Shape } ? z.input<Shape> : Absent;
export type QueryOf<Route extends AdminRoute> = RequestOf<Route> extends { readonly query: infer Shape } ? z.input<Shape> : Absent;

/** What a route has of a request, parsed. */
export interface ParsedRequest<Route extends AdminRoute> {
  readonly body: RequestOf<Route> extends { readonly body: infer Shape } ? z.output<Shape> : Absent;
  readonly query: RequestOf<Route> extends { readonly query: infer Shape } ? z.output<Shape> : Absent;
}

export function requestOf(route: AdminRoute): AdminRequest {
  const requests: { readonly [Route in AdminRoute]?: AdminRequest } = adminRequests;
  return requests[route] ?? {};
}
