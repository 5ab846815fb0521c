/** Vite's, which loads the tests in workerd. */
interface ImportMeta {
  glob<Module>(
    pattern: string,
    options: { readonly query: string; readonly import: string; readonly eager: true },
  ): Readonly<Record<string, Module>>;
}
