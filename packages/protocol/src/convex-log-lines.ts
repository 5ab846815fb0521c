import type { LogLine } from './logs.ts';

/** What a function printed, as Convex's clients take it: each line begins with its level in brackets. */
export function toConvexLogLines(lines: readonly LogLine[] = []): readonly string[] {
  return lines.map(({ level, text }) => `[${level.toUpperCase()}] ${text}`);
}
