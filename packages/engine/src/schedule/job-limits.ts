import { fixedLimits } from '@betterbase/core';

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** What no project can change; the rest is in the limits of the project. */
export const jobLimits = {
  /** Bytes of one job's arguments: they are part of a document. */
  argumentBytes: fixedLimits.scheduledArguments.value,
  /** How far ahead, and how long ago, a job's time may be. */
  farthest: 5 * 365 * day,
  /** An action that has not come back by then counts as lost. */
  actionLife: 15 * minute,
  /** How long what is over is kept. */
  kept: 7 * day,
  /** Of a cron job that runs often, at most so many runs are kept. */
  keptRuns: 500,
  /** What is forgotten may wait this long for company, so that nobody is woken for it alone. */
  purgeDelay: 60 * minute,
  /** Jobs that are handed out, and rows that are forgotten, at once. */
  batch: 64,
} as const;
