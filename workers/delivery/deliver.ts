/**
 * The consumer of the deliveries' queue.
 *
 * No feature sends anything through it yet, so a message here was put by another version of the platform. It goes back:
 * that version may still come, and if not, the message rests in the dead-letter queue instead of getting lost.
 */
export function deliver(batch: MessageBatch): void {
  for (const message of batch.messages) {
    console.warn(JSON.stringify({ level: 'warn', message: 'A delivery of no known kind goes back.', queue: batch.queue, id: message.id }));
    message.retry();
  }
}
