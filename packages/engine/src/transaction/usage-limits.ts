/** What a run may write, how often it may read, and for how long. */
import { type BetterBaseError, overLimit, type ProjectLimits } from '@betterbase/core';
import type { Overlay } from './overlay.ts';

/** @throws BetterBaseError `document/too-large`, `function/writes-too-much`, `limit/bytes-written` */
export function assertWritable(
  { size, bytes }: Pick<Overlay, 'size' | 'bytes'>,
  latest: number,
  table: string,
  limits: ProjectLimits,
): void {
  if (latest > limits.documentBytes) {
    throw overLimit('documentBytes', limits.documentBytes, {
      measured: latest,
      what: `A document of \`${table}\` has ${latest} bytes`,
      hint: 'Keep large texts and bytes in several documents, or in file storage.',
    });
  }
  if (size > limits.documentsWritten) {
    throw overLimit('documentsWritten', limits.documentsWritten, {
      measured: size,
      what: `This mutation writes ${size} documents or more`,
      hint: 'Split the work into several mutations.',
    });
  }
  if (bytes > limits.bytesWritten) {
    throw overLimit('bytesWritten', limits.bytesWritten, {
      measured: bytes,
      what: `This mutation writes ${bytes} bytes or more`,
      hint: 'Split the work into several mutations.',
    });
  }
}

export function tooManyReads(measured: number, { ranges }: ProjectLimits): BetterBaseError {
  return overLimit('ranges', ranges, {
    measured,
    what: `This function makes ${measured} database reads or more`,
    hint: 'Read a range with an index instead of document by document.',
  });
}

export function overTime(milliseconds: number, { runMilliseconds }: ProjectLimits): BetterBaseError {
  return overLimit('runMilliseconds', runMilliseconds, {
    measured: milliseconds,
    what: `This function has run for ${milliseconds} ms`,
    hint: 'Read and compute less at once, or move slow work into an action.',
  });
}
