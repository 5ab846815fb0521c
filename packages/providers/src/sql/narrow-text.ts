/**
 * Texts for databases that have no NUL character: it becomes U+0001 U+0001, and U+0001 becomes U+0001 U+0002. Texts are in the
 * same order before and after, and those without either are themselves.
 */
export function escapeText(text: string): string {
  return text.includes('\0') || text.includes('\u0001') ? text.replaceAll('\u0001', '\u0001\u0002').replaceAll('\0', '\u0001\u0001') : text;
}

export function unescapeText(text: string): string {
  return text.includes('\u0001') ? text.replaceAll('\u0001\u0001', '\0').replaceAll('\u0001\u0002', '\u0001') : text;
}
