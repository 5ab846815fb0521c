/**
 * Projects' own routes are served at the installation's address, where its dashboard is and admins are signed in. What keeps the
 * two apart: a project's code is not shown the installation's cookies and cannot set them, and a page that it serves is of no
 * origin, so that its scripts are strangers here.
 */

/** The admins' session, as `__Host-` cookie and as that of plain HTTP on a developer's machine. */
const ownCookie = /^(?:__Host-)?betterbase$/;

/** A page may do what a page does, but not as this origin. */
const sandbox =
  'sandbox allow-downloads allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-scripts allow-top-navigation-by-user-activation';

/** What would reach beyond the project's own addresses. */
const reaching = ['clear-site-data', 'service-worker-allowed'] as const;

/** The request as the project's code may see it. */
export function toProject(request: Request): Request {
  const cookies = request.headers.get('cookie');
  if (cookies === null || !cookies.includes('betterbase')) return request;
  const others = cookies.split(';').filter((pair) => !ownCookie.test(nameOf(pair)));
  const own = new Request(request);
  if (others.length === 0) own.headers.delete('cookie');
  else own.headers.set('cookie', others.join(';').trim());
  return own;
}

/** The answer as a browser may get it. */
export function fromProject(answer: Response): Response {
  const response = new Response(answer.body, answer);
  const { headers } = response;
  const cookies = headers.getSetCookie();
  if (cookies.some((cookie) => ownCookie.test(nameOf(cookie)))) {
    headers.delete('set-cookie');
    for (const cookie of cookies) if (!ownCookie.test(nameOf(cookie))) headers.append('set-cookie', cookie);
  }
  for (const name of reaching) headers.delete(name);
  // Beside one that the app has set: both hold.
  headers.append('content-security-policy', sandbox);
  headers.set('x-content-type-options', 'nosniff');
  return response;
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0]?.trim() ?? '';
}
