import type { LogLine } from '@betterbase/protocol';

/** What one call printed, within bounds. */
export class LogLines {
  readonly lines: LogLine[] = [];
  readonly #most: number;
  readonly #longest: number;

  constructor(limits: { readonly logLines: number; readonly logLineLength: number }) {
    this.#most = limits.logLines;
    this.#longest = limits.logLineLength;
  }

  add(level: LogLine['level'], args: readonly unknown[]): void {
    if (this.lines.length > this.#most) return;
    if (this.lines.length === this.#most) {
      this.lines.push({ level: 'warn', text: `Only the first ${this.#most} lines of a call are kept.` });
      return;
    }
    const text = args.map(show).join(' ');
    this.lines.push({ level, text: text.length > this.#longest ? `${text.slice(0, this.#longest)}…` : text });
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? `${value.name}: ${value.message}`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each)) ?? String(value);
  } catch {
    // Circular: its kind is all that can be said in one line.
    return Object.prototype.toString.call(value);
  }
}
