/** The project's environment values, by name: what `bb env set` has set, and `process.env` in another word. Strings, frozen. */
export const env: Readonly<Record<string, string | undefined>> = new Proxy<Record<string, string | undefined>>(
  {},
  {
    get: (_target, name) => (typeof name === 'string' ? values()[name] : undefined),
    has: (_target, name) => Object.hasOwn(values(), name),
    ownKeys: () => Object.keys(values()),
    getOwnPropertyDescriptor: (_target, name) =>
      Object.hasOwn(values(), name) ? { value: values()[String(name)], writable: false, enumerable: true, configurable: true } : undefined,
    set: () => false,
  },
);

/** Looked up when it is asked: this module may be evaluated before there is a `process`. */
function values(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } };
  return process?.env ?? {};
}
