import type { Platform, SocketClass, Stop } from './platform.ts';

/** Browsers, Node 22 and newer, Workers. */
export const webPlatform: Platform = {
  WebSocket: socketClass(),
  fetch: (...request) => fetch(...request),
  now: () => Date.now(),
  random: () => Math.random(),
  uniqueId: () => crypto.randomUUID(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
  onWake,
  report: (error) => console.error(error),
};

function socketClass(): SocketClass | null {
  return typeof WebSocket === 'undefined' ? null : WebSocket;
}

function onWake(callback: () => void): Stop {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => {};
  const onVisibility = (): void => {
    if (document.visibilityState === 'visible') callback();
  };
  window.addEventListener('online', callback);
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    window.removeEventListener('online', callback);
    document.removeEventListener('visibilitychange', onVisibility);
  };
}
