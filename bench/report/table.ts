import type { Figures } from '../measure/figures.ts';
import type { Results, Verdict } from './verdict.ts';

/** What is judged: one line per target. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const head = ['workload', 'figure', 'ours', 'bare', 'compared', 'to reach', 'reached'];
  return table([
    head,
    ...verdicts.map((verdict) => [
      verdict.label,
      verdict.figure,
      number(verdict.ours),
      number(verdict.bare),
      number(verdict.compared),
      verdict.target,
      verdict.reached === null ? '' : verdict.reached ? 'yes' : 'NO',
    ]),
  ]);
}

/** Everything that was measured: one line per workload and system. */
export function figuresTable(results: Results): string {
  const names = ['rate', 'p50', 'p99', 'cpu', 'load'] as const;
  const lines = Object.entries(results).flatMap(([label, systems]) =>
    (['ours', 'bare'] as const).flatMap((system) => {
      const figures: Figures | undefined = systems[system];
      return figures?.rate === undefined ? [] : [[label, system, ...names.map((name) => number(figures[name] ?? null))]];
    }),
  );
  return table([['workload', 'system', 'rate /s', 'p50 ms', 'p99 ms', 'server CPU ms/op', 'generator CPU ms/op'], ...lines]);
}

function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
}
