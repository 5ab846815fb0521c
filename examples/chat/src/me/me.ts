/**
 * Who this browser is: a public key, a secret and a name, made up here and kept in local storage.
 *
 * Real sign-in comes with auth; until then a cleared storage is a new person.
 */
import { useSyncExternalStore } from 'react';
import { randomKey } from './random-key';

export interface Me {
  readonly key: string;
  readonly secret: string;
  readonly name: string;
}

const storageKey = 'chat:me';
const listeners = new Set<() => void>();
let current = readMe();

export function useMe(): Me | null {
  return useSyncExternalStore(subscribe, () => current);
}

/** Takes or changes the name. Key and secret are made the first time and then stay. */
export function saveName(name: string): void {
  current = { key: current?.key ?? randomKey(), secret: current?.secret ?? randomKey(), name: name.trim() };
  localStorage.setItem(storageKey, JSON.stringify(current));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', readAgain);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('storage', readAgain);
  };
}

/** Another tab of this browser changed the name. */
function readAgain(event: StorageEvent): void {
  if (event.key !== storageKey) return;
  current = readMe();
  for (const listener of listeners) listener();
}

function readMe(): Me | null {
  const stored: unknown = parseJson(localStorage.getItem(storageKey) ?? 'null');
  if (typeof stored !== 'object' || stored === null) return null;
  if (!('key' in stored && 'secret' in stored && 'name' in stored)) return null;
  const { key, secret, name } = stored;
  return typeof key === 'string' && typeof secret === 'string' && typeof name === 'string' ? { key, secret, name } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's or damaged text: the same as never having been here.
    return null;
  }
}
