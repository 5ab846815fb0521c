/** Longer texts are kept in several rows: a row holds 2 MB, and a character takes up to 3 bytes. */
const longestPart = 500_000;

/** The parts of a text that is too long for the outcome's own row; none if it is not. */
export function outcomeParts(text: string): string[] {
  if (text.length <= longestPart) return [];
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + longestPart;
    // Never between the halves of a surrogate pair, which would not survive alone.
    const isSplitPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
    const stop = isSplitPair ? end - 1 : end;
    parts.push(text.slice(start, stop));
    start = stop;
  }
  return parts;
}
