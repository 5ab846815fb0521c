/** The app's bundle, put in its place by `bb build --static`. */
declare module 'betterbase:app' {
  export const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  export const schema: unknown;
  export const http: unknown;
}
