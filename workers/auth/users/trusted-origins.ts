/** Where links and sign-ins may end, beside the installation itself: the app's own pages, and while developing, this machine's. */
export function trustedOrigins(allowed: readonly string[], isDevelopment: boolean): string[] {
  const own = isDevelopment ? ['http://localhost:*', 'http://127.0.0.1:*', 'http://localhost', 'http://127.0.0.1'] : [];
  return [...allowed, ...own];
}

/** The same for one page. */
export function isTrustedPage(page: string, allowed: readonly string[], isDevelopment: boolean): boolean {
  if (!URL.canParse(page)) return false;
  const { protocol, host, hostname, username } = new URL(page);
  if (username !== '') return false;
  if (isDevelopment && protocol === 'http:' && (hostname === 'localhost' || hostname === '127.0.0.1')) return true;
  return allowed.some((origin) => origin.replace(/\/+$/, '').toLowerCase() === `${protocol}//${host}`);
}
