import { DurableObject } from 'cloudflare:workers';
import { defaultLimits, type ProjectLimits, type ProviderManifest } from '@betterbase/core';
import type { RowAnswer, RowOperation } from '@betterbase/providers/rows';
import type { ActionResult, MoveOutcome, MoveRequest, Outcome } from '@betterbase/engine';
import { type AppManifest, type Deployment, type DeploymentBundle, pingFrame, pongFrame, type RollbackRequest } from '@betterbase/protocol';
import type { AuditNote } from './audit/audit-entry.ts';
import { ClientSockets } from './client-sockets.ts';
import { composeProject, type Project } from './compose/compose-project.ts';
import type { ProjectEnv } from './project-env.ts';
import { exportStream } from './move/export-stream.ts';
import { importLines } from './move/import-lines.ts';
import { closeAll, erase, isVacant } from './erase.ts';
import { readPlatform } from './platform.ts';
import { toWireError } from './wire-errors.ts';
import type { EnvironmentChange, ValueEntry } from './environment/environment.ts';
import type { CallKind, Checked, CodeVersion, ProjectCall, ProjectDoor, ProjectSource, RouteTarget } from './project-door.ts';

/** The platform's door to one project: its switchboard, and the sockets of its clients. */
export class ProjectObject extends DurableObject<ProjectEnv> implements ProjectDoor {
  readonly #project: Project;
  readonly #sockets: ClientSockets;

  constructor(ctx: DurableObjectState, env: ProjectEnv) {
    super(ctx, env);
    this.#project = composeProject(readPlatform(ctx, env));
    this.#sockets = new ClientSockets(ctx, this.#project);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(pingFrame, pongFrame));
    if (this.#project.code.exists) this.#project.connections.begin();
  }

  async call(call: ProjectCall): Promise<Outcome> {
    return await this.#project.switchboard.call(call);
  }

  version(): Promise<Checked<{ readonly version: number }>> {
    return this.#project.switchboard.version();
  }

  callAt(call: ProjectCall, version: number): Promise<Outcome> {
    return this.#project.switchboard.callAt(call, version);
  }

  kindOf(path: string): Promise<CallKind | null> {
    return this.#project.switchboard.kindOf(path);
  }

  findAction(...[path, , token, ticket]: Parameters<ProjectDoor['findAction']>): ReturnType<ProjectDoor['findAction']> {
    return this.#project.switchboard.findAction(path, token, ticket);
  }

  findRoutes(token: string | null): Promise<RouteTarget | null> {
    return this.#project.switchboard.findRoutes(token);
  }

  async currentCode(): Promise<CodeVersion | null> {
    const { code, environment } = this.#project;
    await code.ready();
    return code.active === null ? null : { deployment: code.active.id, environment: environment.revision };
  }

  async source({ deployment }: CodeVersion): Promise<ProjectSource | null> {
    const { code, environment, source } = this.#project;
    const app = code.bundle(deployment);
    if (app === null) return null;
    await environment.open();
    return { app, values: source.values(deployment) };
  }

  async recordEdgeCall(kind: 'action' | 'http', requestId: string, result: ActionResult): Promise<void> {
    this.#project.actions.ranElsewhere(kind, requestId, result);
  }

  async actionFinished(ticket: string, requestId: string, result: ActionResult): Promise<void> {
    this.#project.actions.finished(ticket, requestId, result);
  }

  async users(): ReturnType<ProjectDoor['users']> {
    // Whoever names a project that is not there must not make anything of it.
    const refused = await this.#project.switchboard.refusal();
    return refused === null ? await this.#project.users.context() : { ok: false, error: refused };
  }

  async userRows(operation: RowOperation): Promise<RowAnswer> {
    return this.#project.users.rows(operation);
  }

  userEnters(...attempt: Parameters<ProjectDoor['userEnters']>): ReturnType<ProjectDoor['userEnters']> {
    return this.#project.users.enter(...attempt);
  }

  userSucceeded(...attempt: Parameters<ProjectDoor['userSucceeded']>): Promise<void> {
    return this.#project.users.succeeded(...attempt);
  }

  async userUpgrades(...[upgrade]: Parameters<ProjectDoor['userUpgrades']>): ReturnType<ProjectDoor['userUpgrades']> {
    return this.#project.users.upgrade(upgrade);
  }

  userMerges(...users: Parameters<ProjectDoor['userMerges']>): Promise<boolean> {
    return this.#project.users.merge(...users);
  }

  async userLost({ kind, reason }: Parameters<ProjectDoor['userLost']>[0]): Promise<void> {
    const error = { code: 'auth/message-lost', message: `A message (${kind}) was not sent: ${reason}` } as const;
    this.#project.records.addProblem(`auth/messages/${kind}`, error);
  }

  async takesMail(most: number): Promise<boolean> {
    return this.#project.users.sharedMails.take(most);
  }

  async listUsers(...[place]: Parameters<ProjectDoor['listUsers']>): ReturnType<ProjectDoor['listUsers']> {
    return this.#project.users.directory.list(place);
  }

  changeUser(...[id, change, note]: Parameters<ProjectDoor['changeUser']>): ReturnType<ProjectDoor['changeUser']> {
    const { audit, users } = this.#project;
    return audit.around(note, async () => checked(() => ({ user: users.directory.change(id, change) })));
  }

  endUserSessions(...[id, note]: Parameters<ProjectDoor['endUserSessions']>): ReturnType<ProjectDoor['endUserSessions']> {
    const { audit, users } = this.#project;
    return audit.around(note, async () => checked(() => ({ ended: users.directory.endSessions(id) })));
  }

  deleteUser(...[id, note]: Parameters<ProjectDoor['deleteUser']>): ReturnType<ProjectDoor['deleteUser']> {
    const { audit, users } = this.#project;
    return audit.around(note, async () =>
      checked(() => {
        users.directory.delete(id);
        return {};
      }),
    );
  }

  authSettings(): ReturnType<ProjectDoor['authSettings']> {
    return this.#project.users.settings();
  }

  changeAuthSettings(...[change, note]: Parameters<ProjectDoor['changeAuthSettings']>): ReturnType<ProjectDoor['changeAuthSettings']> {
    const { audit, users } = this.#project;
    return audit.around(note, () => users.changeSettings(change));
  }

  suspend(note?: AuditNote): ReturnType<ProjectDoor['suspend']> {
    return this.#project.audit.around(note, async () => {
      this.#project.standing.suspend(Date.now());
      closeAll({ ctx: this.ctx, project: this.#project });
      return { ok: true };
    });
  }

  resume(note?: AuditNote): ReturnType<ProjectDoor['resume']> {
    return this.#project.audit.around(note, async () => {
      await this.#project.switchboard.resume();
      return { ok: true };
    });
  }

  async erase(): ReturnType<ProjectDoor['erase']> {
    const refused = await erase({ ctx: this.ctx, project: this.#project });
    return refused === null ? { ok: true } : { ok: false, error: refused };
  }

  async end(): Promise<void> {
    this.ctx.abort('The project was deleted.');
  }

  async isVacant(): Promise<boolean> {
    return isVacant(this.ctx.storage);
  }

  deploy(bundle: DeploymentBundle, note?: AuditNote): ReturnType<ProjectDoor['deploy']> {
    const { audit, code } = this.#project;
    return audit.around(note, () => code.deploy(bundle), told);
  }

  preview(bundle: DeploymentBundle): ReturnType<ProjectDoor['preview']> {
    return this.#project.code.preview(bundle);
  }

  rollback(request: RollbackRequest, note?: AuditNote): ReturnType<ProjectDoor['rollback']> {
    const { audit, code } = this.#project;
    return audit.around(note, () => code.rollback(request), told);
  }

  migrations(): ReturnType<ProjectDoor['migrations']> {
    return this.#project.code.migrations();
  }

  async deployments(): Promise<readonly Deployment[]> {
    await this.#project.code.ready();
    return this.#project.code.list();
  }

  async environment(): Promise<readonly ValueEntry[]> {
    return this.#project.environment.list();
  }

  checkProvider(provider: ProviderManifest): ReturnType<ProjectDoor['checkProvider']> {
    return this.#project.checkProvider(provider);
  }

  changeEnvironment(change: EnvironmentChange, note?: AuditNote): ReturnType<ProjectDoor['changeEnvironment']> {
    const { audit, code } = this.#project;
    return audit.around(note, () => code.changeEnvironment(change));
  }

  async lookOutside(): ReturnType<ProjectDoor['lookOutside']> {
    const refusal = await this.#project.switchboard.refusal();
    return refusal === null ? await this.#project.outside.look() : { ok: false, error: refusal };
  }

  async manifest(): Promise<AppManifest | null> {
    await this.#project.code.ready();
    return this.#project.code.active?.manifest ?? null;
  }

  async limits(): Promise<ProjectLimits> {
    await this.#project.code.ready();
    return this.#project.code.active?.limits ?? defaultLimits;
  }

  async realtime(): ReturnType<ProjectDoor['realtime']> {
    return this.#project.connections.overview();
  }

  async logs(after: number, follow: boolean): Promise<ReadableStream<Uint8Array>> {
    return this.#project.logs.read(after, follow);
  }

  move(request: MoveRequest, note?: AuditNote): Promise<MoveOutcome> {
    const { audit, mover } = this.#project;
    return audit.around(note, () => mover.step(request));
  }

  async exportTable(id: string, table: string, after: number | null): Promise<ReadableStream<Uint8Array>> {
    return exportStream(this.#project.mover, { id, table, after });
  }

  importLines(id: string, table: string, from: number, lines: ReadableStream<Uint8Array>): Promise<Checked<{ readonly lines: number }>> {
    return importLines(this.#project.mover, { id, table, from }, lines);
  }

  /** A client's WebSocket. */
  override fetch(request: Request): Promise<Response> {
    return this.#sockets.open(request);
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    this.#sockets.receive(socket, frame);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#sockets.closed(socket);
    // Nobody else answers a client's close frame: without this its socket stays open here until the network drops it.
    socket.close();
  }

  override webSocketError(socket: WebSocket): void {
    this.#sockets.closed(socket);
  }

  override alarm(): Promise<void> {
    return this.#project.alarm.ring();
  }
}

function checked<T extends object>(work: () => T): Checked<T> {
  try {
    return { ok: true, ...work() };
  } catch (failure) {
    return { ok: false, error: toWireError(failure) };
  }
}

/** What the audit log keeps of a deployment. */
function told({ deployment: { id, message } }: { readonly deployment: Deployment }): object {
  return { deployment: id, message };
}
