import { errorCodes, type ErrorCode } from '@betterbase/core';
import * as z from 'zod/mini';
import type { WireError } from '../../wire-error.ts';
import { named } from './named.ts';

const [firstCode = 'internal/unexpected', ...otherCodes] = Object.keys(errorCodes).filter(isCode);

export const code = named('ErrorCode', z.enum([firstCode, ...otherCodes]));

function isCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}

/** An error inside an answer. */
export const wireError: z.ZodMiniType<WireError> = named(
  'Failure',
  z.object({
    code,
    message: z.string(),
    hint: z.exactOptional(z.string()),
    data: z.exactOptional(z.any()),
    details: z.exactOptional(z.unknown()),
    requestId: z.exactOptional(z.string()),
  }),
);

/** An error as an answer. */
export const refusal = named(
  'Refusal',
  z.object({
    /** What happened. */
    error: z.string(),
    code,
    /** What to do next. */
    suggestion: z.optional(z.string()),
    data: z.optional(z.unknown()),
    details: z.optional(z.unknown()),
    requestId: z.optional(z.string()),
  }),
);
