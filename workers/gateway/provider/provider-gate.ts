import { WorkerEntrypoint } from 'cloudflare:workers';
import { isBetterBaseError } from '@betterbase/core';
import type { DatabaseReport } from '@betterbase/protocol';
import {
  answerBatch,
  type BatchAnswer,
  checkDatabase,
  claimDatabase,
  findOwner,
  type DatabaseClaim,
  type RemoteSql,
  RemoteSqlError,
  retrying,
  type RemoteStatement,
  type SqlDoor,
  toProviderError,
} from '@betterbase/providers';
import type { ProviderAddress } from '../../../durable-objects/project/provider/provider-address.ts';
import type { Checked } from '../../../durable-objects/project/project-door.ts';
import { configOf, databaseNamed, type Env, hyperdriveNamed } from '../env.ts';
import { toWireError } from '../failure.ts';
import { newRequestId } from '../request-id.ts';
import { openSql } from './open-sql.ts';

export interface ProviderProps {
  readonly address: ProviderAddress;
}

const chance = {
  now: Date.now,
  pause: (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds)),
  random: Math.random,
};

/** What people call them. */
const names = { d1: 'D1', turso: 'Turso', neon: 'Neon', postgres: 'PostgreSQL', supabase: 'Supabase' } as const;

/**
 * The one place where drivers and credentials of projects' databases are. Reached from the project's object only, which
 * says by props which database is meant; whoever else is handed this can neither read nor change them.
 */
export class ProviderGate extends WorkerEntrypoint<Env, ProviderProps> implements SqlDoor {
  async batch(statements: readonly RemoteStatement[], mode: 'read' | 'write'): Promise<BatchAnswer> {
    try {
      return await answerBatch(retrying(await this.#open(), chance), statements, mode);
    } catch (error) {
      // Nothing was sent. What else goes wrong is a bug, and is told as one.
      if (isBetterBaseError(error)) return { ok: false, failure: { kind: 'credentials' }, message: error.message };
      if (error instanceof RemoteSqlError) return { ok: false, failure: error.failure, message: error.message };
      throw error;
    }
  }

  async check(): Promise<Checked<{ readonly database: DatabaseReport }>> {
    try {
      return { ok: true, database: await checkDatabase(await this.#open(), Date.now) };
    } catch (error) {
      return this.#refused(error);
    }
  }

  /** Whose the database is, after this project has asked for it. */
  async claim(claim: DatabaseClaim): Promise<Checked<{ readonly holder: DatabaseClaim }>> {
    try {
      return { ok: true, holder: await claimDatabase(await this.#open(), claim) };
    } catch (error) {
      return this.#refused(error);
    }
  }

  /** Whose the database is; null when it is nobody's. */
  async owner(): Promise<Checked<{ readonly holder: DatabaseClaim | null }>> {
    try {
      return { ok: true, holder: await findOwner(await this.#open()) };
    } catch (error) {
      return this.#refused(error);
    }
  }

  #refused(error: unknown): Extract<Checked<object>, { ok: false }> {
    const named = error instanceof RemoteSqlError ? toProviderError(names[this.ctx.props.address.type], error) : error;
    return { ok: false, error: toWireError(named, newRequestId()) };
  }

  async #open(): Promise<RemoteSql> {
    return await openSql(this.ctx.props.address, {
      databaseNamed: (binding) => databaseNamed(this.env, binding),
      hyperdriveNamed: (binding) => hyperdriveNamed(this.env, binding),
      isDevelopment: configOf(this.env).isDevelopment,
    });
  }
}
