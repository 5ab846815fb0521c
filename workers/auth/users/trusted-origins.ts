/** Where links and sign-ins may end, beside the installation itself: the app's own pages, and while developing, this machine's. */
export function trustedOrigins(allowed: readonly string[], isDevelopment: boolean): string[] {
  const own = isDevelopment ? ['http://localhost:*', 'http://127.0.0.1:*', 'http://localhost', 'http://127.0.0.1'] : [];
  return [...allowed, ...own];
}
