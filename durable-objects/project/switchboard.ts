import { BetterBaseError, fixedLimits } from '@betterbase/core';
import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { Actions } from './actions.ts';
import { earliest, type GuardAlarm } from './alarm.ts';
import type { CallRecords } from './call-records.ts';
import type { Connections } from './connections/connections.ts';
import { type SessionStore, sessionLife } from './connections/session-store.ts';
import type { ClientSubscription } from './connections/connection.ts';
import type { ActiveApp, ProjectCode } from './deployments/project-code.ts';
import type { Jobs } from './jobs.ts';
import type { TokenVerifier } from './identity/token-verifier.ts';
import type { CallKind, Checked, CodeVersion, ProjectCall, ProjectDoor, RouteTarget } from './project-door.ts';
import { keySessionPrefix, type Requests } from './requests.ts';
import type { OutsideWatch } from './provider/outside-watch.ts';
import type { SnapshotReads } from './snapshot-reads.ts';
import { type Caller, createCaller, stranger } from './turns/caller.ts';
import type { Inbox } from './turns/inbox.ts';
import type { LiveQueries } from './turns/live-queries.ts';
import { toWireError } from './wire-errors.ts';
import type { Standing } from './standing.ts';

/** An action of the project itself, on nobody's behalf. */
const insider = createCaller(null, 'any');

const longestIdempotencyKey = fixedLimits.idempotencyKey.value;

export interface SwitchboardParts {
  readonly project: string;
  readonly standing: Standing;
  readonly code: ProjectCode;
  readonly environment: { readonly revision: number };
  readonly queries: LiveQueries<ClientSubscription>;
  readonly inbox: Inbox<ClientSubscription>;
  readonly connections: Connections;
  readonly sessions: SessionStore;
  readonly records: CallRecords;
  readonly alarm: GuardAlarm;
  readonly jobs: Jobs;
  readonly requests: Requests;
  readonly snapshots: SnapshotReads;
  readonly outside: Pick<OutsideWatch, 'fresh'>;
  readonly tokens: TokenVerifier;
  readonly actions: Actions;
  readonly now: () => number;
}

/**
 * The project as its callers know it.
 *
 * Holds: nothing; it joins the parts that do.
 * Always true: expected failures are returned as data.
 */
export class Switchboard {
  readonly #parts: SwitchboardParts;

  constructor(parts: SwitchboardParts) {
    this.#parts = parts;
  }

  call(call: ProjectCall): Outcome | Promise<Outcome> {
    const { code, outside } = this.#parts;
    const ready = code.ready() ?? (call.kind === 'query' ? outside.fresh() : null);
    return ready === null && call.token === undefined ? this.#call(call) : this.#callLater(call, ready);
  }

  async version(): Promise<Checked<{ readonly version: number }>> {
    try {
      await this.#parts.code.ready();
      this.#activeApp();
      return { ok: true, version: await this.#parts.snapshots.version() };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  callAt(call: ProjectCall, version: number): Promise<Outcome> {
    return this.#parts.snapshots.callAt(call, version);
  }

  async kindOf(path: string): Promise<CallKind | null> {
    const { code } = this.#parts;
    await code.ready();
    const functions = code.active?.functions;
    return functions?.kindOf(functions.canonical(path)) ?? null;
  }

  /** Checks that there is an app, for whoever wants to talk with it. Null when there is. */
  async refusal(): Promise<WireError | null> {
    try {
      await this.#parts.code.ready();
      this.#activeApp();
      return null;
    } catch (failure) {
      return toWireError(failure);
    }
  }

  /** With a ticket, the action counts as running until `Actions.ranElsewhere` brings the ticket back. */
  async findAction(path: string, token?: string, ticket?: string): ReturnType<ProjectDoor['findAction']> {
    try {
      await this.#parts.code.ready();
      const { id, functions } = this.#activeApp();
      const target = { ok: true, code: this.#version(id), path: functions.canonical(path) } as const;
      const verified = token === undefined ? { ok: true as const, identity: null } : await this.#parts.tokens.verify(token);
      if (!verified.ok) return verified;
      if (ticket !== undefined) this.#parts.actions.count(ticket);
      return { ...target, identity: verified.identity };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  async findRoutes(token: string | null): Promise<RouteTarget | null> {
    const { code, tokens, standing } = this.#parts;
    await code.ready();
    if (code.active === null) return null;
    standing.assertOpen();
    const version = this.#version(code.active.id);
    if (token === null) return { code: version, identity: null, refusal: null };
    const verified = await tokens.verify(token);
    return { code: version, identity: verified.ok ? verified.identity : null, refusal: verified.ok ? null : verified.error };
  }

  /** Forgets what nobody can ask for any more. Returns when it is to be done again, or null. */
  async sweep(): Promise<number | null> {
    const { code, connections, sessions, inbox, now } = this.#parts;
    if (!code.exists) return null;
    connections.save();
    const { outcomesBefore, isEmpty } = sessions.sweep(now());
    if (code.active !== null) inbox.add({ do: 'chore', operation: { do: 'sweep-outcomes', before: outcomesBefore } });
    return isEmpty ? null : now() + sessionLife;
  }

  /** What is done when the alarm rings. Returns when there is something to do next, or null. */
  async ring(): Promise<number | null> {
    const { code, jobs } = this.#parts;
    const swept = await this.sweep();
    await code.ready();
    const next = code.active === null ? null : await jobs.ring();
    return earliest(swept, next);
  }

  /** The project is open again, and so what is scheduled runs. */
  async resume(): Promise<void> {
    const { standing, jobs } = this.#parts;
    if (standing.state === 'open') return;
    // The alarm first: a process that ends in between must not leave an open project whose jobs nobody wakes.
    await jobs.guard(0);
    standing.resume();
    jobs.look();
  }

  /** Something will have to be forgotten one day. */
  expectSweep(): void {
    this.#parts.alarm.ensure(this.#parts.now() + sessionLife);
  }

  async #callLater(call: ProjectCall, ready: Promise<void> | null): Promise<Outcome> {
    const { kind, token, requestId } = call;
    try {
      await ready;
      if (token === undefined) return await this.#call(call);
      const path = this.#activeApp().functions.canonical(call.path);
      const verified = await this.#parts.tokens.verify(token);
      if (verified.ok) return await this.#call({ ...call, identity: verified.identity });
      const error = { ...verified.error, requestId };
      this.#parts.records.add({ path, kind, requestId, milliseconds: 0, cached: false, rowsRead: 0, rowsWritten: 0, error, lines: [] });
      return { ok: false, error };
    } catch (failure) {
      return { ok: false, error: toWireError(failure, requestId) };
    }
  }

  #call(call: ProjectCall): Outcome | Promise<Outcome> {
    const { requestId } = call;
    try {
      const path = this.#activeApp().functions.canonical(call.path);
      return call.kind === 'query' ? this.#query(call, path) : this.#mutation(call, path);
    } catch (failure) {
      return { ok: false, error: toWireError(failure, requestId) };
    }
  }

  #query({ identity, reach, args, requestId }: ProjectCall, path: string): Outcome | Promise<Outcome> {
    const { queries } = this.#parts;
    const caller = callerOf(identity, reach);
    const cached = queries.cached(caller, path, args);
    if (cached !== null) {
      this.#parts.records.add({
        path,
        kind: 'query',
        requestId,
        milliseconds: 0,
        cached: true,
        rowsRead: 0,
        rowsWritten: 0,
        error: null,
        lines: [],
      });
      return cached;
    }
    return new Promise((resolve) => {
      const answer = (outcome: Outcome): void => resolve(outcome);
      try {
        queries.ask({ path, args, identity, reach, requestId }, caller, { caller, answer });
      } catch (full) {
        resolve({ ok: false, error: toWireError(full, requestId) });
      }
    });
  }

  #mutation({ identity, reach, args, requestId, idempotencyKey, job, origin }: ProjectCall, path: string): Promise<Outcome> {
    const { inbox, requests } = this.#parts;
    if (idempotencyKey !== null) {
      if (idempotencyKey.length > longestIdempotencyKey) {
        throw new BetterBaseError('http/bad-body', `The Idempotency-Key is longer than ${longestIdempotencyKey} characters.`, {
          hint: 'Use a UUID.',
        });
      }
      this.expectSweep();
    }
    // Calls of one action share its request id, so it cannot tell mutations apart.
    const request =
      idempotencyKey === null ? { session: null, id: requests.next() } : { session: `${keySessionPrefix}${path}`, id: idempotencyKey };
    return new Promise((resolve) => {
      const refuse = (error: WireError): void => resolve({ ok: false, error: { ...error, requestId } });
      try {
        inbox.add({
          do: 'mutation',
          request,
          call: {
            path,
            args,
            identity,
            reach,
            requestId,
            ...(job === undefined ? {} : { job }),
            ...(origin === undefined ? {} : { origin }),
          },
          settle: ({ outcome }) => resolve(outcome),
          refuse,
        });
      } catch (full) {
        refuse(toWireError(full));
      }
    });
  }

  #version(deployment: string): CodeVersion {
    return { deployment, environment: this.#parts.environment.revision };
  }

  /** @throws BetterBaseError `project/not-found`, `project/not-deployed` */
  #activeApp(): ActiveApp {
    const { code, project, standing } = this.#parts;
    standing.assertOpen();
    if (code.active !== null) return code.active;
    if (code.exists)
      throw new BetterBaseError('project/not-deployed', `Project \`${project}\` has no deployment that works yet.`, {
        hint: 'Run `bb deploy` or `bb dev` in the app’s folder.',
      });
    throw new BetterBaseError('project/not-found', `There is no project \`${project}\`.`, {
      hint: 'Check the name in the address, or deploy it first: `bb deploy`.',
    });
  }
}

function callerOf(identity: ProjectCall['identity'], reach: ProjectCall['reach']): Caller {
  if (identity !== null) return createCaller(identity, reach);
  return reach === 'public' ? stranger : insider;
}
