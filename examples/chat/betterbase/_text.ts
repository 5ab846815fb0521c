import { AppError } from '@betterbase/core';

const longestMessage = 2000;
const longestName = 40;

export function parseMessageText(raw: string): string {
  const text = raw.trim();
  if (text === '') throw new AppError('A message needs some text.');
  if (text.length > longestMessage) throw new AppError(`A message has at most ${longestMessage} characters; this one has ${text.length}.`);
  return text;
}

export function parsePersonName(raw: string): string {
  const name = raw.trim().replace(/\s+/g, ' ');
  if (name === '') throw new AppError('Say what others should call you.');
  if (name.length > longestName) throw new AppError(`A name has at most ${longestName} characters.`);
  return name;
}

export function parseChannelName(raw: string): string {
  const name = raw.trim().toLowerCase().replace(/^#/, '').replace(/\s+/g, '-');
  if (!/^[\p{Letter}\p{Number}][\p{Letter}\p{Number}_-]*$/u.test(name))
    throw new AppError('A channel name is made of letters, digits and dashes.');
  if (name.length > longestName) throw new AppError(`A channel name has at most ${longestName} characters.`);
  return name;
}
