import { RemoteSqlError } from '../remote/remote-sql.ts';

export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * The parts of `postgresql://<user>:<password>@<host>:<port>/<database>`; what follows a `?` says nothing here.
 *
 * @throws RemoteSqlError for what is written otherwise; it does not repeat it, for a password may be in it.
 */
export function parseConnectionString(text: string): PostgresAddress {
  const url = URL.parse(text);
  const isWhole =
    url !== null && /^postgres(ql)?:$/.test(url.protocol) && url.username !== '' && url.hostname !== '' && url.pathname.length > 1;
  if (!isWhole)
    throw new RemoteSqlError(
      { kind: 'credentials' },
      'The connection string is not written like postgresql://<user>:<password>@<host>/<database>.',
    );
  const { hostname, port, username, password, pathname } = url;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? 5432 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  };
}
