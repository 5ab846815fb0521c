import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { deliver } from './deliver.ts';

test('a message of no known kind goes back and is not lost', async () => {
  const messages = [{ id: 'a', timestamp: new Date(0), attempts: 1, body: { kind: 'from the future' } }];
  const batch = createMessageBatch('betterbase-deliveries', messages);

  deliver(batch);

  expect(await getQueueResult(batch, createExecutionContext())).toMatchObject({ explicitAcks: [], retryMessages: [{ msgId: 'a' }] });
});
