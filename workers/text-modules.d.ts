/** Files that wrangler and esbuild bring along as text. */
declare module '*.txt' {
  const text: string;
  export default text;
}
