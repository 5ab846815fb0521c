/** Who may import whom. A room is a package, or a top-level folder that is none. */
export interface Room {
  /** Rooms it may import. */
  readonly sees: readonly string[];
  /** Rooms it may import types from. */
  readonly seesTypesOf?: readonly string[];
  /** Modules of a platform it may import, by prefix. */
  readonly platform?: readonly string[];
}

/** Files that put the parts together: they import values where their room may only import types. */
export const wiring = [
  'workers/gateway/index.ts',
  'workers/gateway/auth-isolate.ts',
  'workers/gateway/edge-isolate.ts',
  'workers/gateway/static.ts',
] as const;

export const layers: Readonly<Record<string, Room>> = {
  core: { sees: [] },
  protocol: { sees: ['core'] },
  engine: { sees: ['core', 'protocol'] },
  providers: { sees: ['core', 'engine'], seesTypesOf: ['protocol'], platform: ['cloudflare:'] },
  client: { sees: ['core', 'protocol'] },
  react: { sees: ['core', 'client'] },
  'stand-ins': { sees: [], platform: ['node:'] },
  testing: { sees: ['core', 'protocol', 'engine', 'providers', 'stand-ins'], platform: ['node:'] },
  cli: { sees: ['core', 'protocol', 'engine', 'client', 'stand-ins'], platform: ['node:'] },
  'durable-objects': { sees: ['core', 'protocol', 'engine', 'providers'], platform: ['cloudflare:', 'node:'] },
  workers: {
    sees: ['core', 'protocol', 'providers', 'migrations'],
    seesTypesOf: ['engine', 'durable-objects'],
    platform: ['cloudflare:', 'betterbase:', 'node:async_hooks'],
  },
  migrations: { sees: [] },
  dashboard: { sees: ['core', 'protocol', 'client', 'react'] },
  examples: { sees: ['core', 'client', 'react'], platform: ['node:'] },
  bench: {
    sees: ['core', 'protocol', 'engine', 'providers', 'client', 'react', 'stand-ins', 'testing', 'cli', 'durable-objects', 'workers'],
    platform: ['node:', 'cloudflare:'],
  },
};
