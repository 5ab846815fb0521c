import { currentCall } from '../current-call.ts';
import type { MessagePort, SharedMail } from '../messages/message.ts';
import { openMessages } from '../messages/open-messages.ts';
import type { UsersCall } from './users-call.ts';

/** Who brings the messages of a project's users. */
export function messagesOf({ context, isDevelopment }: UsersCall, fetch: typeof globalThis.fetch): MessagePort {
  const { settings, values } = context;
  const shared: SharedMail = {
    share: async (message) => (await currentCall().shared?.share(message)) ?? { ok: false, isNobody: true, reason: '' },
  };
  return openMessages({ settings, values, isDevelopment, fetch, shared });
}
