import type { Colors } from './terminal.ts';

/** What is said wherever an app is told of whose policies are not enforced. */
export function openRowsWarning(colors: Colors): string {
  return colors.yellow(
    '▲ row-level security is OFF (`rls: { enabled: false }`): asUser() shows every row to everybody and takes every write',
  );
}
