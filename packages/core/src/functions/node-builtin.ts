/**
 * What `import … from 'node:…'` is made of in a bundle. Here: the module itself, where there is Node. The platform's runtime
 * has its own, which knows what queries and mutations may have.
 */
export function nodeBuiltin(name: string): Readonly<Record<string, unknown>> {
  const { process } = globalThis as { readonly process?: { readonly getBuiltinModule?: (id: string) => unknown } };
  const found: unknown = process?.getBuiltinModule?.(name);
  if ((typeof found === 'object' && found !== null) || typeof found === 'function') return found as Readonly<Record<string, unknown>>;
  throw new Error(`There is no module ${name} here.`);
}
