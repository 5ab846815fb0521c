/** A project's `/auth`, as far as one device needs it: accounts by address, sessions, and tokens that are good for a quarter of an hour. */
import { testToken } from './tokens.ts';

const life = 15 * 60;

export class AuthServer {
  isReachable = true;
  /** s that its clock is ahead of the device's. */
  ahead = 0;
  /** Paths, in order. */
  readonly asked: string[] = [];
  readonly sessions = new Map<string, string>();
  #made = 0;

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const path = String(url).replace(/^.*\/auth\//, '');
    this.asked.push(path);
    if (!this.isReachable) throw new TypeError('offline');
    const token = new Headers(init.headers).get('authorization')?.replace('Bearer ', '') ?? '';
    const { email = '' } = JSON.parse(String(init.body ?? '{}')) as { readonly email?: string };
    if (path === 'sign-in/email') {
      this.#made += 1;
      this.sessions.set(`session ${this.#made}`, email);
      return this.#tell(`session ${this.#made}`, true);
    }
    if (path === 'sign-out') this.sessions.delete(token);
    return path === 'get-session' ? this.#tell(token, false) : Response.json({});
  };

  #tell(token: string, isNew: boolean): Response {
    const email = this.sessions.get(token);
    if (email === undefined) return Response.json(null);
    this.#made += 1;
    const now = Math.floor(Date.now() / 1000) + this.ahead;
    const accessToken = testToken(email, { iat: now, exp: now + life, jti: String(this.#made) });
    return Response.json({ user: { id: email, email }, accessToken, ...(isNew ? { token } : {}) });
  }
}
