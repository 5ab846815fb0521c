/** What a pattern of LIKE asks for, if it is no more than one text with or without others around it. */
export function likeText(pattern: string): { readonly how: 'is' | 'starts' | 'contains'; readonly text: string } | null {
  const inner = /^(?<before>%*)(?<text>(?:[^%_\\]|\\[^])*)(?<behind>%*)$/u.exec(pattern)?.groups;
  if (inner === undefined) return null;
  const text = (inner['text'] ?? '').replaceAll(/\\([^])/gu, '$1');
  const [isOpenBefore, isOpenBehind] = [inner['before'] !== '', inner['behind'] !== ''];
  if (isOpenBefore && !isOpenBehind && text !== '') return null;
  return { how: isOpenBefore ? (text === '' ? 'starts' : 'contains') : isOpenBehind ? 'starts' : 'is', text };
}
