import type { SharedMail } from './message.ts';
import { composeMessage } from './compose-message.ts';
import type { MessageOrder, ShownMessage } from './message-order.ts';
import { openMessages } from './open-messages.ts';

/** A message as the project's users get it. What it links to, and its code, are good for nothing. */
export async function showMessage(
  { context, kind, to, origin, isDevelopment }: MessageOrder,
  parts: { readonly fetch: typeof fetch; readonly shared: SharedMail },
): Promise<ShownMessage> {
  const { project, settings, values } = context;
  const facts = { kind, to: to ?? 'somebody@example.com', app: project, link: `${origin}/p/${project}/auth/example`, code: '123456' };
  const message = composeMessage(facts, settings.templates);
  if (to === null) return { message, problem: null };
  try {
    await openMessages({ settings, values, isDevelopment, ...parts }).send(message);
    return { message, problem: null };
  } catch (failure) {
    return { message, problem: failure instanceof Error ? failure.message : String(failure) };
  }
}
