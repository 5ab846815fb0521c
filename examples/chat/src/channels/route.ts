/** The channel on screen is in the address, so a link to it can be shared and Back works: `#/general`. */
import { useSyncExternalStore } from 'react';

export function useChannelName(): string | null {
  return useSyncExternalStore(subscribe, readChannelName);
}

export function channelHref(name: string): string {
  return `#/${encodeURIComponent(name)}`;
}

export function showChannel(name: string): void {
  location.hash = channelHref(name);
}

/** Like `showChannel`, without a new step in the browser's history. */
export function replaceWithChannel(name: string): void {
  location.replace(channelHref(name));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

function readChannelName(): string | null {
  const path = location.hash.replace(/^#\/?/, '');
  if (path === '') return null;
  try {
    return decodeURIComponent(path);
  } catch {
    // A hand-typed "%": show it as it stands, there will be no such channel.
    return path;
  }
}
