/** How a list of messages is cut into days, and days into runs of one author. */
import type { Message } from './message';

/** After this much silence the author's name is said again. */
const longSilence = 5 * 60_000;

export interface Run {
  readonly author: Message['author'];
  readonly messages: Message[];
}

export interface Day {
  readonly key: string;
  readonly startsAt: number;
  readonly runs: Run[];
}

export function toDays(messages: readonly Message[]): readonly Day[] {
  const days: Day[] = [];
  for (const message of messages) {
    const key = new Date(message.sentAt).toDateString();
    let day = days.at(-1);
    if (day?.key !== key) {
      day = { key, startsAt: message.sentAt, runs: [] };
      days.push(day);
    }
    const run = day.runs.at(-1);
    const previous = run?.messages.at(-1);
    const goesOn = run?.author.key === message.author.key && previous !== undefined && message.sentAt - previous.sentAt < longSilence;
    if (goesOn) run?.messages.push(message);
    else day.runs.push({ author: message.author, messages: [message] });
  }
  return days;
}
