import type { Protocol } from './protocol.ts';

/** Where the last transition sent has taken the client. Only Convex's protocol counts query sets and identities. */
export interface ToldVersion {
  readonly querySet: number;
  readonly identity: number;
  readonly ts: number;
}

/** What a socket remembers through sleep. */
export interface SocketMemory {
  readonly protocol: Protocol;
  /** Null: the client has not said who it is yet. */
  readonly session: string | null;
  readonly at: ToldVersion;
  /** False while something is under way that sleep would lose: then the socket is closed on waking, and the client resumes. */
  readonly isSettled: boolean;
  /** Whether it acknowledges by characters too; never so on a Convex client's. */
  readonly isPrompt?: boolean;
}

export function encodeSocketMemory({ protocol, session, at, isSettled, isPrompt }: SocketMemory): string {
  const sign = isSettled ? '+' : '-';
  if (protocol.name === 'betterbase') return `${sign}${at.ts}${isPrompt === true ? 'p' : ''} ${session ?? ''}`;
  return `${sign}${at.querySet}.${at.identity}.${at.ts}${protocol.takesChunks ? 'c' : ''} ${session ?? ''}`;
}

/** Null when the text is not ours, e.g. from another version of the platform. */
export function decodeSocketMemory(text: unknown): SocketMemory | null {
  if (typeof text !== 'string') return null;
  const found = /^([+-])(?:(\d+)\.(\d+)\.)?(\d+)([cp]?) (.*)$/.exec(text);
  if (found === null) return null;
  const [, sign, querySet, identity, ts, mark, session = ''] = found;
  return {
    protocol: querySet === undefined ? { name: 'betterbase' } : { name: 'convex', takesChunks: mark === 'c' },
    session: session === '' ? null : session,
    at: { querySet: Number(querySet ?? 0), identity: Number(identity ?? 0), ts: Number(ts) },
    isSettled: sign === '+',
    ...(mark === 'p' ? { isPrompt: true } : {}),
  };
}
