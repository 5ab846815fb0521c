import type { Outcome, RunReport } from '@betterbase/engine';

/** An outcome as callers are told it, from a run. */
export type Telling = (outcome: Outcome, report: RunReport) => Outcome;

/** What functions print is the project's own business. */
export const tellPlainly: Telling = (outcome) => outcome;

/** In development callers are told what the function printed. */
export const tellPrinted: Telling = (outcome, { lines }) => (lines.length === 0 ? outcome : { ...outcome, lines });
