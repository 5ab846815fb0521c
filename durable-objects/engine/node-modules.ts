/**
 * Node's modules for an app's code. Actions and HTTP routes have those that the platform has. Where queries and mutations
 * run there are only those whose results depend on their arguments alone; of the rest there is a stand-in, so that a module
 * that imports them loads, and using them says why not.
 */
import { BetterBaseError } from '@betterbase/core';

type NodeModule = Readonly<Record<string, unknown>>;

const pure = new Set(
  'assert assert/strict async_hooks buffer constants diagnostics_channel events path path/posix path/win32 punycode querystring stream stream/consumers stream/promises stream/web string_decoder url util util/types'
    .split(' ')
    .map((name) => `node:${name}`),
);

/** What of `node:crypto` comes from chance. */
const chance = /^(?:random|generate|getRandomValues|createDiffieHellman|createECDH|createSign|sign$|webcrypto$|subtle$)/;

interface NodeProcess {
  readonly getBuiltinModule?: (name: string) => unknown;
}

/** Saved when this module is evaluated, before the app's: afterwards `process` is the app's. */
const { process: hostProcess } = globalThis as { readonly process?: NodeProcess };
let isEngine = false;

/** From now on only what queries and mutations may use is handed out. */
export function enterEngine(): void {
  isEngine = true;
}

/** @throws BetterBaseError `function/not-allowed-here` when what it returns is used where it may not be */
export function nodeBuiltin(name: string): NodeModule {
  if (!isEngine) return hostModule(name) ?? standIn(name);
  if (pure.has(name)) return hostModule(name) ?? standIn(name);
  const real = name === 'node:crypto' ? hostModule(name) : null;
  return real === null ? standIn(name) : withoutChance(real, name);
}

function hostModule(name: string): NodeModule | null {
  const found: unknown = hostProcess?.getBuiltinModule?.(name);
  // Some are functions with their names on them: `events`, `assert`, `stream`.
  return (typeof found === 'object' && found !== null) || typeof found === 'function' ? { ...found, default: found } : null;
}

function withoutChance(real: NodeModule, name: string): NodeModule {
  const parts = Object.entries(real).map(([part, value]) => [part, chance.test(part) ? standIn(`${name}.${part}`) : value] as const);
  const module: Record<string, unknown> = Object.fromEntries(parts);
  module['default'] = module;
  return module;
}

/** Has every part that is asked of it, and can be named, extended and passed on, but not called or constructed. */
function standIn(name: string): NodeModule {
  const refuse = (): never => {
    throw new BetterBaseError('function/not-allowed-here', `\`${name}\` cannot be used here. Queries and mutations run without Node.`, {
      hint: 'Use it in an action, or use web standards: crypto.subtle, TextEncoder, URL.',
    });
  };
  const parts = new Map<string, NodeModule>();
  const stand: unknown = new Proxy(function refused() {}, {
    get(target, part, receiver): unknown {
      if (typeof part === 'symbol' || part === 'prototype') {
        const own: unknown = Reflect.get(target, part, receiver);
        return own;
      }
      // Whoever waits for it must not take it for a promise.
      if (part === 'then') return undefined;
      let value = parts.get(part);
      if (value === undefined) {
        value = standIn(`${name}.${part}`);
        parts.set(part, value);
      }
      return value;
    },
    apply: refuse,
    construct: refuse,
  });
  return stand as NodeModule;
}
