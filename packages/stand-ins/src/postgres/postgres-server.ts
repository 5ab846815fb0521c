/** A Postgres on this machine that speaks its own protocol over TCP. */
export interface PostgresServer {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Whether it asks for the password itself. */
  readonly checksPasswords: boolean;
  /** How many connections may be in use at a time. */
  readonly sessions: number;
  stop(): Promise<void>;
}
