/** One client's socket. It outlives our memory: the platform keeps it while the object sleeps. */
export interface Socket {
  /** Does nothing when the socket is closed. */
  send(text: string): void;
  /** Does nothing when the socket is closed. */
  close(code: number, reason: string): void;
  /** Keeps a short text with the socket through sleep, in place of the last one. */
  remember(text: string): void;
}
