/**
 * The admin API as one table: for each route what it is for, what it takes, what it answers, and which errors are its own.
 *
 * Its types are the server's and the clients'; the description at /admin/openapi.json is made from it. Servers and pages import
 * the types of it only: to parse requests there is `requests`.
 */
import type { ErrorCode } from '@betterbase/core';
import * as z from 'zod/mini';
import type { AdminRoute } from './admin-table.ts';
import * as app from './answers/app.ts';
import { auditPage } from './answers/audit.ts';
import * as deployments from './answers/deployments.ts';
import * as keys from './answers/keys.ts';
import * as policies from './answers/policies.ts';
import * as people from './answers/people.ts';
import * as projects from './answers/projects.ts';
import { health, mail, settings } from './answers/settings.ts';
import * as users from './answers/users.ts';

export interface RouteContract {
  readonly summary: string;
  /** Of success. */
  readonly answer: z.ZodMiniType;
  /** The answer comes as lines of JSON, each of which is like `answer`. */
  readonly lines?: true;
  /** Beyond those that every route may answer with. */
  readonly errors?: readonly ErrorCode[];
}

const inProject = ['project/bad-name'] as const;
const undeployed = [...inProject, 'project/not-deployed'] as const;
const oneProject = [...inProject, 'project/not-found'] as const;
const deploying = [
  ...inProject,
  'deployment/bad-bundle',
  'deployment/does-not-load',
  'deployment/too-large',
  'deployment/too-many-functions',
  'deployment/needs-consent',
  'deployment/static',
] as const;

export const adminContract = {
  'GET /admin/openapi.json': { summary: 'This description.', answer: z.looseObject({ openapi: z.string() }) },
  'POST /admin/auth/setup': {
    summary: 'Makes the first admin, who owns the installation.',
    answer: people.signedIn,
    errors: ['admin/set-up', 'auth/bad-credentials'],
  },
  'POST /admin/auth/login': {
    summary: 'Opens a session. Who has a second factor sends its code, too.',
    answer: people.signedIn,
    errors: ['auth/bad-credentials', 'auth/code-required', 'auth/bad-code', 'environment/unreadable'],
  },
  'POST /admin/auth/join': {
    summary: 'Takes an invitation up.',
    answer: people.signedIn,
    errors: ['admin/invitation-over', 'admin/exists'],
  },
  'POST /admin/auth/logout': { summary: 'Ends the session that asks.', answer: keys.success },
  'GET /admin/auth/me': { summary: 'The admin whose session asks.', answer: people.me, errors: ['admin/no-person'] },
  'GET /admin/auth/sessions': {
    summary: 'The sessions of the admin who asks, newest first.',
    answer: z.object({ sessions: z.array(people.session) }),
    errors: ['admin/no-person'],
  },
  'DELETE /admin/auth/sessions/:id': {
    summary: 'Ends a session of the admin who asks.',
    answer: keys.success,
    errors: ['admin/no-person', 'admin/not-found'],
  },
  'POST /admin/auth/password': {
    summary: 'Changes the password of the admin who asks, and ends their other sessions.',
    answer: keys.success,
    errors: ['admin/no-person', 'auth/bad-credentials'],
  },
  'POST /admin/auth/reset/request': {
    summary: 'Mails a link for another password, if there is such an admin: that is not told.',
    answer: keys.success,
  },
  'POST /admin/auth/reset': {
    summary: 'Sets another password with what is in the link, once, and ends all sessions of that admin.',
    answer: keys.success,
    errors: ['admin/reset-over'],
  },
  'GET /admin/auth/second-factor': {
    summary: 'Whether codes are asked of the admin who asks.',
    answer: people.secondFactor,
    errors: ['admin/no-person'],
  },
  'POST /admin/auth/second-factor': {
    summary: 'Begins a second factor. It counts when a first code was confirmed.',
    answer: people.begunSecondFactor,
    errors: ['admin/no-person', 'admin/second-factor', 'auth/bad-credentials', 'environment/no-key'],
  },
  'POST /admin/auth/second-factor/confirm': {
    summary: 'Confirms it with a first code. From now on codes are asked for, and other sessions end.',
    answer: people.backupCodes,
    errors: ['admin/no-person', 'admin/second-factor', 'auth/bad-code', 'environment/unreadable'],
  },
  'POST /admin/auth/second-factor/codes': {
    summary: 'Makes new backup codes; those before are good for nothing.',
    answer: people.backupCodes,
    errors: ['admin/no-person', 'admin/second-factor', 'auth/bad-credentials', 'auth/bad-code', 'environment/unreadable'],
  },
  'DELETE /admin/auth/second-factor': {
    summary: 'Takes the second factor of the admin who asks away.',
    answer: keys.success,
    errors: ['admin/no-person', 'admin/second-factor', 'auth/bad-credentials', 'auth/bad-code', 'environment/unreadable'],
  },
  'POST /admin/users/:id/reset': {
    summary: 'Makes a link with which an admin sets another password, once.',
    answer: people.passwordReset,
    errors: ['admin/not-found'],
  },
  'DELETE /admin/users/:id/second-factor': {
    summary: 'Takes the second factor of an admin away who has lost it, and ends their sessions.',
    answer: keys.success,
    errors: ['admin/not-found', 'admin/second-factor'],
  },
  'GET /admin/users': { summary: 'The admins, with their roles.', answer: z.object({ users: z.array(people.listedAdmin) }) },
  'DELETE /admin/users/:id': {
    summary: 'Takes an admin away, with their sessions, keys and open invitations.',
    answer: people.removedAdmin,
    errors: ['admin/not-found', 'admin/last-owner'],
  },
  'GET /admin/invitations': { summary: 'Open invitations.', answer: z.object({ invitations: z.array(people.invitation) }) },
  'POST /admin/invitations': {
    summary: 'Invites somebody; the link is told this once.',
    answer: people.createdInvitation,
    errors: ['admin/exists', 'project/not-found', 'project/bad-name'],
  },
  'DELETE /admin/invitations/:id': { summary: 'Withdraws an invitation.', answer: keys.success, errors: ['admin/not-found'] },
  'GET /admin/roles/assignments': {
    summary: 'Who has which role where.',
    answer: z.object({ assignments: z.array(people.assignment) }),
  },
  'POST /admin/roles/assignments': {
    summary: 'Gives an admin a role.',
    answer: z.object({ assignment: people.assignment }),
    errors: ['admin/not-found', 'admin/exists', 'project/not-found', 'project/bad-name'],
  },
  'DELETE /admin/roles/assignments/:id': {
    summary: 'Takes a role from an admin.',
    answer: keys.success,
    errors: ['admin/not-found', 'admin/last-owner'],
  },
  'GET /admin/cli-sessions': {
    summary: 'The programs, keys and sessions of the admin who asks.',
    answer: people.cliSessions,
    errors: ['admin/no-person'],
  },
  'DELETE /admin/cli-sessions/pending/:userCode': {
    summary: 'Refuses a program that waits: by the code it shows, or by the id that the list has.',
    answer: keys.success,
    errors: ['admin/no-person', 'admin/not-found'],
  },
  'GET /admin/instance/health': { summary: 'Whether the installation and its database answer, and how soon.', answer: health },
  'GET /admin/instance': { summary: 'The installation’s settings.', answer: z.object({ settings }) },
  'PATCH /admin/instance': { summary: 'Changes settings; the others stay.', answer: z.object({ settings }) },
  'GET /admin/email': { summary: 'Who brings the installation’s mail. Secrets are never told.', answer: z.object({ email: mail }) },
  'PUT /admin/email': {
    summary: 'Says who brings the installation’s mail. A secret that is left out stays.',
    answer: z.object({ email: mail }),
    errors: ['environment/no-key'],
  },
  'POST /admin/email/test': { summary: 'Sends a test mail.', answer: keys.success, errors: ['email/not-sent', 'environment/unreadable'] },
  'GET /admin/whoami': { summary: 'Who is asking, and what they may do.', answer: z.object({ principal: keys.principal }) },
  'GET /admin/roles': {
    summary: 'The roles, and the permissions of each.',
    answer: z.object({ roles: z.array(z.object({ id: z.string(), name: keys.role, permissions: z.array(keys.permission) })) }),
  },
  'GET /admin/permissions': { summary: 'Every permission.', answer: z.object({ permissions: z.array(z.object({ id: keys.permission })) }) },

  'GET /admin/api-keys': { summary: 'Keys, newest first, revoked ones too.', answer: z.object({ api_keys: z.array(keys.shownKey) }) },
  'POST /admin/api-keys': {
    summary: 'Makes a key, which is told this once.',
    answer: keys.createdKey,
    errors: ['project/not-found', 'project/bad-name'],
  },
  'DELETE /admin/api-keys/:id': {
    summary: 'Ends a key, and the keys that it made, or that those made.',
    answer: keys.revokedKey,
    errors: ['key/not-found'],
  },
  'GET /admin/audit': { summary: 'Who changed what, newest first.', answer: auditPage },
  'GET /admin/audit/actions': { summary: 'What the audit log calls what is done.', answer: z.object({ actions: z.array(z.string()) }) },

  'GET /admin/projects': { summary: 'The projects.', answer: z.object({ projects: z.array(projects.project) }) },
  'POST /admin/projects': {
    summary: 'Makes a project, and its keys, which are told this once.',
    answer: projects.createdProject,
    errors: [...inProject, 'project/exists'],
  },
  'GET /admin/projects/:project': { summary: 'One project.', answer: z.object({ project: projects.project }), errors: oneProject },
  'PATCH /admin/projects/:project': {
    summary: 'Renames a project, or says which origins’ pages may call it.',
    answer: z.object({ project: projects.project }),
    errors: oneProject,
  },
  'POST /admin/projects/:project/suspend': {
    summary: 'Closes a project until it is resumed.',
    answer: z.object({ project: projects.project }),
    errors: oneProject,
  },
  'POST /admin/projects/:project/resume': {
    summary: 'Opens a suspended project.',
    answer: z.object({ project: projects.project }),
    errors: oneProject,
  },
  'DELETE /admin/projects/:project': {
    summary: 'Deletes a project with everything it has.',
    answer: keys.success,
    errors: [...oneProject, 'project/not-confirmed'],
  },
  'GET /admin/projects/:project/keys': {
    summary: 'The project’s own keys.',
    answer: z.object({ keys: z.array(keys.shownKey) }),
    errors: inProject,
  },
  'POST /admin/projects/:project/keys/:kind/rotate': {
    summary: 'A new key of this kind; the one before it ends, with the keys that it made.',
    answer: keys.rotatedKey,
    errors: [...oneProject, 'key/not-found'],
  },

  'GET /admin/projects/:project/deployments': {
    summary: 'Deployments, newest first.',
    answer: z.object({ deployments: z.array(deployments.deployment) }),
    errors: inProject,
  },
  'POST /admin/projects/:project/deployments': {
    summary: 'Deploys an app.',
    answer: z.object({ deployment: deployments.deployment }),
    errors: deploying,
  },
  'POST /admin/projects/:project/deployments/preview': {
    summary: 'What deploying this would do to the data.',
    answer: z.object({ plan: deployments.plan }),
    errors: deploying,
  },
  'POST /admin/projects/:project/deployments/rollback': {
    summary: 'Deploys an earlier deployment again.',
    answer: z.object({ deployment: deployments.deployment }),
    errors: deploying,
  },
  'GET /admin/projects/:project/migrations': {
    summary: 'Migration functions that have run, oldest first.',
    answer: z.object({ migrations: z.array(deployments.migration) }),
    errors: inProject,
  },
  'GET /admin/projects/:project/functions': { summary: 'What the deployed app is.', answer: app.app, errors: undeployed },
  'POST /admin/projects/:project/run': {
    summary: 'Calls any function, internal ones too.',
    answer: deployments.runOutcome,
    errors: inProject,
  },
  'GET /admin/projects/:project/auth/settings': {
    summary: 'How people may sign in to the project. Secrets are not told: instead whether they are set.',
    answer: users.authSettings,
    errors: [...inProject, 'environment/no-key', 'environment/unreadable'],
  },
  'PATCH /admin/projects/:project/auth/settings': {
    summary: 'Changes how people may sign in. What is not named stays as it is.',
    answer: users.authSettings,
    errors: [...inProject, 'environment/no-key', 'environment/unreadable'],
  },
  'POST /admin/projects/:project/auth/messages': {
    summary: 'Shows a message as the project’s users get it, and sends it where it says to.',
    answer: z.object({ message: users.message }),
    errors: [...inProject, 'auth/message-lost', 'environment/no-key', 'environment/unreadable'],
  },
  'GET /admin/projects/:project/auth/users': {
    summary: 'The project’s users, by id.',
    answer: z.object({ users: z.array(users.user) }),
    errors: [...inProject],
  },
  'PATCH /admin/projects/:project/auth/users/:id': {
    summary: 'Changes a user’s name, role or metadata, or bans them, which ends their sessions at once.',
    answer: z.object({ user: users.user }),
    errors: [...inProject, 'auth/no-user'],
  },
  'DELETE /admin/projects/:project/auth/users/:id/sessions': {
    summary: 'Signs a user out everywhere.',
    answer: z.object({ ended: z.number() }),
    errors: [...inProject],
  },
  'DELETE /admin/projects/:project/auth/users/:id': {
    summary: 'Deletes a user with their accounts and sessions.',
    answer: z.object({ success: z.literal(true) }),
    errors: [...inProject, 'auth/no-user'],
  },
  'GET /admin/projects/:project/environment': {
    summary: 'Names of environment values. Values are never told.',
    answer: projects.environment,
    errors: inProject,
  },
  'PATCH /admin/projects/:project/environment': {
    summary: 'Sets environment values and takes them away: all of it, or nothing.',
    answer: projects.environment,
    errors: [...inProject, 'environment/bad-name', 'environment/too-large', 'environment/no-key', 'environment/static'],
  },
  'POST /admin/projects/:project/provider/check': {
    summary: 'What a database is like, seen from here.',
    answer: deployments.providerReport,
    errors: [...inProject, 'deployment/bad-bundle'],
  },
  'GET /admin/projects/:project/limits': {
    summary: 'Every limit that holds.',
    answer: z.object({ limits: z.array(projects.limit) }),
    errors: inProject,
  },
  'GET /admin/projects/:project/logs': { summary: 'Calls, oldest first.', answer: deployments.callLog, lines: true, errors: inProject },

  'GET /admin/projects/:project/iac/schema': { summary: 'Tables with their columns.', answer: app.schemaView, errors: undeployed },
  'GET /admin/projects/:project/iac/functions': {
    summary: 'The functions.',
    answer: z.object({ functions: z.array(app.functionManifest) }),
    errors: undeployed,
  },
  'GET /admin/projects/:project/iac/jobs': { summary: 'What is scheduled, and runs of cron jobs.', answer: app.jobs, errors: undeployed },
  'GET /admin/projects/:project/iac/realtime': {
    summary: 'Who is connected, and what they watch.',
    answer: app.realtime,
    errors: inProject,
  },
  'POST /admin/projects/:project/iac/query': { summary: 'Reads with SQL.', answer: app.rows, errors: undeployed },

  'GET /admin/projects/:project/policies': {
    summary: 'The tables, and the policies that say who sees and changes their rows.',
    answer: policies.policyList,
    errors: undeployed,
  },
  'POST /admin/projects/:project/policies/test': {
    summary: 'What somebody may do with the rows of a table, and why not.',
    answer: policies.policyTest,
    errors: [...undeployed, 'table/not-found'],
  },

  'POST /admin/projects/:project/exports': {
    summary: 'Keeps the newest version readable.',
    answer: z.object({ export: z.string(), version: z.number(), tables: z.array(app.movableTable) }),
    errors: undeployed,
  },
  'GET /admin/projects/:project/exports/:id/tables/:table': {
    summary: 'The documents of a table. The last line says that it is the last, or why not.',
    answer: z.looseObject({}),
    lines: true,
    errors: inProject,
  },
  'DELETE /admin/projects/:project/exports/:id': { summary: 'Lets go of an export.', answer: z.object({}), errors: inProject },
  'POST /admin/projects/:project/imports': {
    summary: 'Begins an import.',
    answer: z.object({ import: z.string(), tables: z.array(app.movableTable) }),
    errors: undeployed,
  },
  'POST /admin/projects/:project/imports/:id/tables/:table': {
    summary: 'Takes in documents of a table.',
    answer: z.object({ lines: z.number() }),
    errors: [...inProject, 'import/not-found', 'import/bad-lines', 'import/too-large'],
  },
  'POST /admin/projects/:project/imports/:id/finish': {
    summary: 'Commits an import, or tries whether it could be.',
    answer: app.importSummary,
    errors: [...inProject, 'import/not-found', 'import/table-not-empty', 'import/ids-clash', 'import/outdated', 'import/bad-file'],
  },
  'DELETE /admin/projects/:project/imports/:id': { summary: 'Gives an import up.', answer: z.object({}), errors: inProject },
} as const satisfies { readonly [Route in AdminRoute]: RouteContract };

export type AnswerOf<Route extends AdminRoute> = z.output<(typeof adminContract)[Route]['answer']>;
