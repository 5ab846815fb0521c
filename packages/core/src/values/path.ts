const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** One more step into a value, written as in JavaScript: `.name`, `["odd name"]`, `[3]`. */
export function pathStep(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return plainName.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
