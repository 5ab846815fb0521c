import type { Message } from '../../auth/messages/message.ts';
import { parseSender } from './sender.ts';

/** Mail by the Worker's own binding. Answers with what went wrong; null: it was taken. */
export async function sendByCloudflare(binding: SendEmail | undefined, from: string, message: Message): Promise<string | null> {
  if (binding === undefined) return 'the binding EMAIL is gone from wrangler.toml.';
  const { to, subject, text, html } = message;
  const { name, address } = parseSender(from);
  try {
    await binding.send({
      from: name === '' ? address : { name, email: address },
      to,
      subject,
      text,
      ...(html === null ? {} : { html }),
    });
    return null;
  } catch (failure) {
    return failure instanceof Error ? failure.message : String(failure);
  }
}
