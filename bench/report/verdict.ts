import type { Figures } from '../measure/figures.ts';
import type { Row, Target } from './targets.ts';

/** By label, one summary per system. */
export type Results = Readonly<Record<string, Readonly<Partial<Record<'ours' | 'bare', Figures>>>>>;

export interface Verdict {
  readonly label: string;
  readonly figure: string;
  readonly ours: number | null;
  readonly bare: number | null;
  /** What is compared with the target: a ratio, or ours itself. Null: not measured. */
  readonly compared: number | null;
  readonly target: string;
  readonly reached: boolean | null;
}

export function judge(rows: readonly Row[], results: Results): Verdict[] {
  return rows
    .filter((row) => results[row.label] !== undefined)
    .map((row) => {
      const ours = figure(row, results, row.label, 'ours');
      const bare = figure(row, results, row.label, 'bare');
      const compared = compare(row, results, ours, bare);
      return {
        label: row.label,
        figure: row.figure,
        ours,
        bare,
        compared,
        target: describe(row.target),
        reached: isReached(row.target, compared),
      };
    });
}

function compare(row: Row, results: Results, ours: number | null, bare: number | null): number | null {
  const { against } = row.target;
  if (against === 'nothing') return bare === null || ours === null ? ours : ours / bare;
  const other = against === 'bare' ? bare : figure(row, results, against, 'ours');
  return ours === null || other === null ? null : ours / other;
}

function figure(row: Row, results: Results, label: string, system: 'ours' | 'bare'): number | null {
  const value = results[label]?.[system]?.[row.figure];
  return value === undefined || Number.isNaN(value) ? null : value;
}

function isReached(target: Target, compared: number | null): boolean | null {
  if (compared === null) return null;
  if ('atLeast' in target) return compared >= target.atLeast;
  return 'atMost' in target ? compared <= target.atMost : null;
}

function describe(target: Target): string {
  const bound = 'atLeast' in target ? `≥ ${target.atLeast}` : 'atMost' in target ? `≤ ${target.atMost}` : 'report';
  return target.against === 'bare' || target.against === 'nothing' ? bound : `${bound} of “${target.against}”`;
}
