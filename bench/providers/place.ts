/** What is asked of both systems, and how each wants to be asked. */
import type { HttpRequest } from '../load/http-connection.ts';

export const places = ['embedded', 'd1', 'turso', 'neon'] as const;
export type Place = (typeof places)[number];

/** What a baseline by hand has no place for: nothing is elsewhere. */
export type Elsewhere = Exclude<Place, 'embedded'>;

export interface NewItem {
  readonly list: string;
  readonly text: string;
  readonly position: number;
  readonly author: string;
}

export type ProviderJob =
  | { readonly do: 'list'; readonly list: string }
  | { readonly do: 'change'; readonly id: string; readonly text: string }
  | { readonly do: 'add'; readonly items: readonly NewItem[] };

export interface Asked {
  readonly name: 'ours' | 'bare';
  request(place: Place, job: ProviderJob): HttpRequest;
  /** The ids in an answered `list`. */
  ids(body: string): readonly string[];
}

/** Where the stand-ins are that both systems use; D1 is each Miniflare's own. */
export interface Addresses {
  readonly turso: string;
  readonly tursoToken: string;
  readonly neon: string;
}

export const askOurs: Asked = {
  name: 'ours',
  request: (place, { do: name, ...args }) => ({
    method: 'POST',
    path: `/p/${place}/api/${name === 'list' ? 'query' : 'mutation'}`,
    body: JSON.stringify({ path: `items:${name}`, args }),
  }),
  ids: (body) => (JSON.parse(body) as { readonly value: readonly { readonly _id: string }[] }).value.map(({ _id }) => _id),
};

export const askBare: Asked = {
  name: 'bare',
  request: (place, job) => ({ method: 'POST', path: `/${place}`, body: JSON.stringify(job) }),
  ids: (body) => (JSON.parse(body) as readonly { readonly id: number | string }[]).map(({ id }) => String(id)),
};
