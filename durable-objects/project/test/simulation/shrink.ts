/**
 * Leaves out of a failing list all that can be left out: first large parts, then smaller ones, until every entry is needed.
 *
 * @param fails whether a shorter list still fails; asked at most `mostAsked` times
 */
export async function shrink<T>(
  list: readonly T[],
  fails: (shorter: readonly T[]) => Promise<boolean>,
  mostAsked = 400,
): Promise<readonly T[]> {
  let kept = list;
  let asked = 0;
  for (let size = Math.ceil(list.length / 2); size >= 1; ) {
    let isShorter = false;
    for (let at = 0; at < kept.length && asked < mostAsked; ) {
      const shorter = [...kept.slice(0, at), ...kept.slice(at + size)];
      asked += 1;
      if (await fails(shorter)) {
        kept = shorter;
        isShorter = true;
      } else at += size;
    }
    if (asked >= mostAsked) return kept;
    if (size === 1 && !isShorter) return kept;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return kept;
}
