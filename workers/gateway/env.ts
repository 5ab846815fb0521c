/** The only reader of the gateway's `env`: from what the platform gives to what we mean. */
import type { Env } from '../../durable-objects/project/env.ts';
import { parseRates, type Rates } from './limits/project-rates.ts';

export type { Env };

/** A text that must not end up in logs or answers by accident. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }
}

export interface Config {
  /** Null: nobody can administer this installation. */
  readonly adminKey: Secret | null;
  readonly isDevelopment: boolean;
  readonly host: 'loader' | 'static';
  readonly rates: Rates;
  /** Whether pages of projects are held apart from the installation, whose origin they share. */
  readonly isolatesPages: boolean;
  /** ms since 1970; the first request of this isolate that had to know any of this. */
  readonly since: number;
}

const shortestAdminKey = 16;
const configs = new WeakMap<Env, Config>();

/** Read once per isolate. */
export function configOf(env: Env): Config {
  let config = configs.get(env);
  if (config === undefined) {
    config = readConfig(env);
    configs.set(env, config);
  }
  return config;
}

/** The D1 database of a project that is bound under this name. The platform's own is none. */
export function databaseNamed(env: Env, binding: string): D1Database | null {
  const bindings: Readonly<Record<string, unknown>> = { ...env };
  const bound = bindings[binding];
  return bound !== env.DB && isDatabase(bound, env.DB) ? bound : null;
}

/** The Hyperdrive that is bound under this name, as the connection string that leads to it. */
export function hyperdriveNamed(env: Env, binding: string): string | null {
  const bindings: Readonly<Record<string, unknown>> = { ...env };
  const bound = bindings[binding];
  const isHyperdrive = typeof bound === 'object' && bound !== null && 'connectionString' in bound && 'connect' in bound;
  return isHyperdrive && typeof bound.connectionString === 'string' ? bound.connectionString : null;
}

function isDatabase(bound: unknown, database: D1Database): bound is D1Database {
  return typeof bound === 'object' && bound !== null && Object.getPrototypeOf(bound) === Object.getPrototypeOf(database);
}

function readConfig(env: Env): Config {
  const { ADMIN_KEY: key = '' } = env;
  if (key !== '' && key.length < shortestAdminKey) {
    console.error(
      `ADMIN_KEY has ${key.length} characters and needs ${shortestAdminKey}: the admin API stays closed. Set it with \`wrangler secret put ADMIN_KEY\`.`,
    );
  }
  return {
    adminKey: key.length >= shortestAdminKey ? new Secret(key) : null,
    isDevelopment: env.BB_DEV === '1',
    host: env.ENGINE_HOST === 'static' ? 'static' : 'loader',
    rates: parseRates(env.RATE_LIMITS),
    isolatesPages: env.PROJECT_PAGES !== 'trusted',
    since: Date.now(),
  };
}
