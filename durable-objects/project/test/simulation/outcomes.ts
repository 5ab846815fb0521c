import { decodeFromJson, type Value } from '@betterbase/core';
import type { Outcome } from '@betterbase/engine';
import type { Step } from '@betterbase/testing/history';
import type { Plan } from './moves.ts';

/** Every plan that was sent, by its mark. */
export type Plans = Map<string, Plan>;

/** A plan as a call, with the mark it will leave. */
export interface PlannedCall {
  readonly path: string;
  readonly args: { readonly [name: string]: Value };
  /** Lists that its mark is appended to, in order. */
  readonly lists: readonly string[];
  readonly mark: string;
}

export function planCall(plan: Plan, mark: string): PlannedCall {
  switch (plan.kind) {
    case 'append':
    case 'refuse':
    case 'nested':
    case 'stall':
      return { path: `sim:${plan.kind}`, args: { lists: [...plan.lists], mark }, lists: plan.lists, mark };
    case 'transfer': {
      const { from, to, amount } = plan;
      return { path: 'sim:transfer', args: { from, to, amount, mark }, lists: ['transfers'], mark };
    }
    case 'schedule':
      return { path: 'sim:schedule', args: { ms: plan.ms, job: plan.job, mark }, lists: ['scheduled'], mark };
    case 'cancel':
      return { path: 'sim:cancel', args: { mark }, lists: ['canceled'], mark };
    default:
      return plan satisfies never;
  }
}

/** What is known of it before it is answered. */
export function appends({ lists, mark }: PlannedCall): readonly Step[] {
  return lists.map((list) => ({ do: 'append', list, mark }));
}

/** What it is known to have done, by its answer: what each list held before. */
export function readsAndAppends({ lists, mark }: PlannedCall, value: unknown): readonly Step[] {
  const read = value as readonly (readonly string[])[];
  return lists.flatMap((list, at): Step[] => [
    { do: 'read', list, marks: read[at] ?? [] },
    { do: 'append', list, mark },
  ]);
}

/** `unknown`: the engine was not there, and nobody knows whether it had been done. */
export function outcomeOf(error: { readonly code: string } | null): 'done' | 'refused' | 'unknown' {
  if (error === null) return 'done';
  return error.code === 'engine/unavailable' || error.code === 'limit/overloaded' ? 'unknown' : 'refused';
}

export function valueOf(outcome: Extract<Outcome, { ok: true }>): unknown {
  return decodeFromJson(outcome.value);
}
