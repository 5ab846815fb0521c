import { BetterBaseError } from '@betterbase/core';
import type { Checked } from '../project-door.ts';
import { toWireError } from '../wire-errors.ts';
import type { Mover } from './mover.ts';

export interface ImportInto {
  readonly id: string;
  readonly table: string;
  /** What line the first one is, from 1. */
  readonly from: number;
}

/** A step takes at least a line, and no more once it has so much. */
const stepCharacters = 64 * 1024;
/** A document has at most 2 MB, and its text as JSON may be several times as long. */
const longestLine = 16 * 1024 * 1024;

/** Takes in the lines of a table, step by step. Never fails: what goes wrong is an outcome. */
export async function importLines(
  mover: Pick<Mover, 'step'>,
  { id, table, from }: ImportInto,
  stream: ReadableStream<Uint8Array>,
): Promise<Checked<{ readonly lines: number }>> {
  let next = from;
  let lines = from - 1;
  try {
    for await (const text of portions(stream)) {
      const outcome = await mover.step({ move: 'stage', id, table, from: next, text });
      if (!outcome.ok) return outcome;
      if (outcome.value.move === 'stage') ({ lines } = outcome.value);
      next += countLines(text);
    }
    return { ok: true, lines };
  } catch (failure) {
    return { ok: false, error: toWireError(failure) };
  }
}

/** Whole lines, as many as make a step. */
async function* portions(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length < stepCharacters) continue;
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0 && text.length > longestLine) throw tooLong();
    if (end === 0) continue;
    yield text.slice(0, end);
    text = text.slice(end);
  }
  text += decoder.decode();
  if (text !== '') yield text;
}

function countLines(text: string): number {
  let count = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function tooLong(): BetterBaseError {
  return new BetterBaseError('http/body-too-large', `A line is longer than ${longestLine} characters.`, {
    hint: 'Each document is one line of JSON.',
  });
}
