/** One text for many small ones. */
export async function* inPieces(texts: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string, undefined, undefined> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < 64 * 1024) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
