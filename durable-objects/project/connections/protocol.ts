/** Which protocol a client speaks, as the address says that it connects to. */
export type Protocol =
  | { readonly name: 'betterbase' }
  | {
      readonly name: 'convex';
      /** It takes a long transition in several frames. */
      readonly takesChunks: boolean;
    };

/** `/api/1.45.0/sync` of the npm package, `/api/sync` of other clients. */
const convexAddress = /\/api\/(?:(\d{1,6})\.(\d{1,6})\.[\w.-]+\/|[\w.-]+\/)?sync$/;

export function protocolOf(pathname: string): Protocol {
  const found = convexAddress.exec(pathname);
  if (found === null) return { name: 'betterbase' };
  const [, major = 0, minor = 0] = found.map(Number);
  return { name: 'convex', takesChunks: major > 1 || (major === 1 && minor >= 28) };
}
