/** What a socket remembers through sleep. */
export interface SocketMemory {
  /** Null: the client has not said `connect` yet. */
  readonly session: string | null;
  /** The version of the last transition sent. */
  readonly version: number;
  /** False while something is under way that sleep would lose: then the socket is closed on waking, and the client resumes. */
  readonly isSettled: boolean;
}

export function encodeSocketMemory({ session, version, isSettled }: SocketMemory): string {
  return `${isSettled ? '+' : '-'}${version} ${session ?? ''}`;
}

/** Null when the text is not ours, e.g. from another version of the platform. */
export function decodeSocketMemory(text: unknown): SocketMemory | null {
  if (typeof text !== 'string') return null;
  const found = /^([+-])(\d+) (.*)$/.exec(text);
  if (found === null) return null;
  const [, sign, version, session = ''] = found;
  return { session: session === '' ? null : session, version: Number(version), isSettled: sign === '+' };
}
