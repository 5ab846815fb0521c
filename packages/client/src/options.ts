import { BetterBaseError } from '@betterbase/core';
import type { Platform } from './platform/platform.ts';
import { webPlatform } from './platform/web-platform.ts';

export interface ClientOptions {
  /** Where the project is: `https://host/p/my-project`. A path alone is taken from the page's own host. */
  readonly url: string;
  /** The project's name, if `url` is the host alone. */
  readonly projectSlug?: string;
  /** A key of the project. */
  readonly key?: string;
  /** How this client calls itself in the server's logs. */
  readonly name?: string;
  /** How long a query stays subscribed after its last watcher has gone, in ms. */
  readonly linger?: number;
  /** Stands in for what the client uses of the place it runs in. `WebSocket: null` sends everything over HTTP. */
  readonly platform?: Partial<Platform>;
}

export interface ClientSettings {
  readonly httpUrl: string;
  readonly socketUrl: string;
  readonly key: string | undefined;
  readonly name: string;
  readonly linger: number;
  readonly platform: Platform;
}

/** @throws BetterBaseError `config/invalid` */
export function readOptions({ url, projectSlug, key, name = 'betterbase-js', linger = 2000, platform }: ClientOptions): ClientSettings {
  const base = parseUrl(projectSlug === undefined ? url : `${url.replace(/\/+$/, '')}/p/${projectSlug}`);
  const httpUrl = (base.origin === 'null' ? `${base.protocol}//${base.host}` : base.origin) + base.pathname.replace(/\/+$/, '');
  const query = key === undefined ? '' : `?key=${encodeURIComponent(key)}`;
  return {
    httpUrl,
    socketUrl: `${httpUrl.replace(/^http/, 'ws')}/realtime${query}`,
    key,
    name,
    linger,
    platform: { ...webPlatform, ...platform },
  };
}

function parseUrl(text: string): URL {
  const page = typeof location === 'undefined' ? undefined : location.href;
  const url = URL.canParse(text, page) ? new URL(text.replace(/^ws/, 'http'), page) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new BetterBaseError('config/invalid', `"${text}" is not the url of a project.`, {
    hint: 'It looks like https://host/p/my-project.',
  });
}
