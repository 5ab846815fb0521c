/** A few lines of source around a position, with the position marked. */

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  readonly length?: number;
}

const around = 2;

export function codeFrame(source: string, position: Position): string {
  const lines = source.split('\n').map((line) => line.replaceAll('\t', '  ').trimEnd());
  const tabs = (source.split('\n')[position.line - 1] ?? '').slice(0, position.column).split('\t').length - 1;
  const first = Math.max(1, position.line - around);
  const length = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const last = Math.max(position.line, Math.min(length, position.line + around));
  const width = String(last).length;
  const frame: string[] = [];
  for (let number = first; number <= last; number += 1) {
    const isMarked = number === position.line;
    frame.push(`${isMarked ? '>' : ' '} ${String(number).padStart(width)} | ${lines[number - 1] ?? ''}`.trimEnd());
    if (isMarked)
      frame.push(`  ${' '.repeat(width)} | ${' '.repeat(position.column + tabs)}${'^'.repeat(Math.max(1, position.length ?? 1))}`);
  }
  return frame.join('\n');
}
