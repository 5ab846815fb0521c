/** Questions to whoever started `bb`: on a terminal, or from lines that a program writes to it. */
import { createInterface } from 'node:readline';
import { password, text } from '@clack/prompts';
import { BetterBaseError } from '@betterbase/core';
import type { Terminal } from './terminal.ts';

export interface Questions {
  /** What is typed is not shown. @throws BetterBaseError `usage/bad-option` */
  secret(question: string): Promise<string>;
  /** @throws BetterBaseError `usage/bad-option` */
  plain(question: string): Promise<string>;
  close(): void;
}

export function openQuestions({ isInteractive }: Terminal): Questions {
  return isInteractive ? onTerminal : fromLines(process.stdin);
}

const onTerminal: Questions = {
  secret: async (message) => answered(await password({ message })),
  plain: async (message) => answered(await text({ message })),
  close: () => {},
};

/** One line for each question, in their order. */
function fromLines(input: NodeJS.ReadableStream): Questions {
  const reader = createInterface({ input });
  const lines = reader[Symbol.asyncIterator]();
  const next = async (question: string): Promise<string> => {
    const line = await lines.next();
    if (line.done !== true) return line.value;
    throw new BetterBaseError('usage/bad-option', `Nobody answered: ${question}`, {
      hint: 'Run it in a terminal, or write one line for each answer to it.',
    });
  };
  return { secret: next, plain: next, close: () => reader.close() };
}

function answered(answer: string | symbol): string {
  if (typeof answer === 'string') return answer;
  throw new BetterBaseError('usage/bad-option', 'The question was not answered, so nothing was changed.', { hint: 'Run it again.' });
}
