export function checkTables(_tables: unknown): void {}
