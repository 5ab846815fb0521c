/**
 * People keep writing while the runtime is killed under them, again and again.
 *
 * Clients without a browser, so that many messages are under way at every moment of every crash.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BetterBaseClient, createClient } from '@betterbase/client';
import { Seeded } from '@betterbase/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { api } from './betterbase/_generated/api';
import type { Id } from './betterbase/_generated/dataModel';
import { Backend } from './test/backend';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const writers = ['ada', 'ben', 'cleo'];
const messagesEach = 50;
const crashes = 3;

let state: string;
let backend: Backend;
let clients: readonly BetterBaseClient[];

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'chat-crashes-'));
  backend = await Backend.start(state);
  clients = writers.map(() => createClient({ url: backend.url }));
});

afterEach(async () => {
  for (const client of clients) client.close();
  await backend.kill();
  await rm(state, { recursive: true, force: true });
});

test(`every message arrives exactly once and in its writer's order, whenever the runtime dies (SEED=${seed})`, async () => {
  const random = new Seeded(seed);
  const channel = await openChannel('crashes');

  await Promise.all([...writers.map((writer, index) => writeAll(writer, index, channel, random)), crashRepeatedly(random)]);

  const messages = await backend.export('crashes');
  for (const writer of writers) {
    const texts = messages.filter((message) => message.author.key === writer).map((message) => message.text);
    expect(texts).toEqual(Array.from({ length: messagesEach }, (_, number) => `${writer} ${number}`));
  }
});

async function openChannel(name: string): Promise<Id<'channels'>> {
  const [first] = clients;
  if (first === undefined) throw new Error('There are no clients.');
  const { id } = await first.mutation(api.mutations.channels.create, { name });
  return id;
}

/** Resolves when the server has confirmed every message. */
async function writeAll(writer: string, index: number, channel: Id<'channels'>, random: Seeded): Promise<void> {
  const client = clients[index];
  if (client === undefined) throw new Error(`${writer} has no client.`);
  const me = { key: writer, secret: writer };
  await client.mutation(api.mutations.members.join, { me, name: writer, channel, tab: writer });
  client.watch(api.queries.messages.list, { channel, paginationOpts: { numItems: 50, cursor: null } });

  const confirmations: Promise<unknown>[] = [];
  for (let number = 0; number < messagesEach; number += 1) {
    const text = `${writer} ${number}`;
    confirmations.push(client.mutation(api.mutations.messages.send, { me, channel, key: text, text }));
    await sleep(random.below(120));
  }
  await Promise.all(confirmations);
}

async function crashRepeatedly(random: Seeded): Promise<void> {
  for (let crash = 1; crash <= crashes; crash += 1) {
    await sleep(400 + random.below(600));
    backend.killRuntime();
    await backend.untilBack(crash);
  }
}
