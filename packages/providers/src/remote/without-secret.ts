/** A text that somebody may read, although a driver may have put a password or token into it. */
export function withoutSecret(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
}
