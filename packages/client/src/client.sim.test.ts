/** Clients against a strict server with random delays, cuts and expiries: at the end everybody shows the truth. */
import {
  AppError,
  decodeValue,
  type EncodedValue,
  type FunctionReference,
  isPlainObject,
  makeFunctionReference,
  type Value,
} from '@betterbase/core';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { FakeClock, FakePlatform, ModelServer } from '@betterbase/testing/fake-server';
import { expect, test } from 'vitest';
import { type BetterBaseClient, createClient, isBetterBaseError, type OptimisticUpdate, type WatchedQuery } from './index.ts';

type Rooms = Record<string, string[]>;
type Send = { room: string; text: string };

const messages: FunctionReference<'query', 'public', { room: string }, string[]> = makeFunctionReference('messages:list');
const total: FunctionReference<'query', 'public', Record<never, never>, number> = makeFunctionReference('messages:total');
const send: FunctionReference<'mutation', 'public', Send, number> = makeFunctionReference('messages:send');
const refuse: FunctionReference<'mutation', 'public', Send, null> = makeFunctionReference('messages:refuse');
const notify: FunctionReference<'action', 'public', { text: string }, null> = makeFunctionReference('messages:notify');
const names = ['red', 'green', 'blue'] as const;

const guess: OptimisticUpdate<typeof send> = (store, { room, text }) => {
  const before = store.getQuery(messages, { room });
  if (before !== undefined) store.setQuery(messages, { room }, [...before, text]);
  const count = store.getQuery(total);
  if (count !== undefined) store.setQuery(total, {}, count + 1);
};

/** How a call ended, by its text. */
type Outcomes = Map<string, 'done' | 'refused' | 'unknown'>;

class World {
  readonly clock = new FakeClock();
  readonly random: Seeded;
  readonly server: ModelServer<Rooms>;
  readonly people: Person[];

  constructor(random: Seeded) {
    this.random = random;
    this.server = new ModelServer<Rooms>({
      data: { red: [], green: [], blue: [] },
      queries: { 'messages:list': listRoom, 'messages:total': countAll },
      mutations: { 'messages:send': addMessage, 'messages:refuse': refuseMessage },
      actions: { 'messages:notify': () => null },
      clock: this.clock,
      delay: () => random.below(30),
    });
    this.people = Array.from({ length: 3 }, (_, index) => new Person(`p${index}`, this));
  }

  async step(): Promise<void> {
    const { random, server } = this;
    const roll = random.below(100);
    if (roll < 4) server.cutAll();
    else if (roll === 4) server.expireSessions();
    else if (roll < 10) server.change((rooms) => rooms[random.pick(names)]?.push('outside'));
    else this.people[random.below(this.people.length)]?.act();
    await this.clock.advance(random.chance(0.3) ? random.below(2000) : random.below(20));
  }
}

class Person {
  readonly outcomes: Outcomes = new Map();
  readonly sent: string[] = [];
  readonly watches: (WatchedQuery<string[]> | WatchedQuery<number>)[] = [];
  readonly platform: FakePlatform;
  readonly client: BetterBaseClient;
  readonly #name: string;
  readonly #random: Seeded;
  #actions = 0;

  constructor(name: string, { clock, random, server }: World) {
    this.#name = name;
    this.#random = random;
    this.platform = new FakePlatform({ server, clock, random: () => random.next() });
    this.client = createClient({ url: 'https://example.test/p/sim', linger: 100, platform: this.platform });
  }

  act(): void {
    const random = this.#random;
    const roll = random.below(100);
    if (roll < 15) this.watches.push(this.client.watch(messages, { room: random.pick(names) }, checkInOrder));
    else if (roll < 22) this.watches.push(this.client.watch(total, {}));
    else if (roll < 34) this.watches.splice(random.below(this.watches.length + 1), 1)[0]?.unsubscribe();
    else if (roll < 37) void this.watches[random.below(this.watches.length)]?.refetch();
    else if (roll < 40) this.platform.wake();
    else if (roll < 46) this.#notify();
    else this.#send(roll < 54);
  }

  #send(isRefused: boolean): void {
    const text = `${this.#name}-${this.sent.length}`;
    this.sent.push(text);
    const options = this.#random.chance(0.6) ? { optimistic: guess } : {};
    const call = this.client.mutation(isRefused ? refuse : send, { room: this.#random.pick(names), text }, options);
    call.then(
      () => this.outcomes.set(text, 'done'),
      (error: unknown) => this.outcomes.set(text, isBetterBaseError(error) && error.code === 'session/expired' ? 'unknown' : 'refused'),
    );
  }

  #notify(): void {
    this.#actions += 1;
    const text = `${this.#name}-action-${this.#actions}`;
    this.client.action(notify, { text }).then(
      () => this.outcomes.set(text, 'done'),
      () => this.outcomes.set(text, 'unknown'),
    );
  }
}

/** A person's messages are always seen in the order they were sent, guessed or not. */
function checkInOrder(list: readonly string[]): void {
  const last = new Map<string, number>();
  for (const text of list) {
    const [person = '', number = '0'] = text.split('-');
    if (person === 'outside') continue;
    expect(Number(number), `${text} in ${list.join()}`).toBeGreaterThan(last.get(person) ?? -1);
    last.set(person, Number(number));
  }
}

function readSend(args: EncodedValue): Send {
  const { room, text } = isPlainObject(args) ? args : {};
  if (typeof room === 'string' && typeof text === 'string') return { room, text };
  throw new Error('These are no arguments of messages:send.');
}

function listRoom(rooms: Rooms, args: EncodedValue): Value {
  const { room } = isPlainObject(args) ? args : {};
  return typeof room === 'string' ? [...(rooms[room] ?? [])] : null;
}

function countAll(rooms: Rooms): Value {
  return Object.values(rooms).reduce((sum, list) => sum + list.length, 0);
}

function addMessage(rooms: Rooms, args: EncodedValue): Value {
  const { room, text } = readSend(args);
  return rooms[room]?.push(text) ?? null;
}

function refuseMessage(_rooms: Rooms, args: EncodedValue): Value {
  throw new AppError(`${readSend(args).text} is refused`);
}

test('every mutation happens once and in order, and every watcher ends with the truth', { timeout: 60_000 }, async () => {
  const seen = { cut: 0, unknown: 0, actions: 0 };
  await forEachSeed(200, async (random) => {
    const world = new World(random);
    const { server, people, clock } = world;
    for (let step = 0; step < 120; step += 1) await world.step();
    await clock.advance(120_000);

    expect(server.faults).toEqual([]);
    const executed = server.executed.map(({ args }) => readSend(args).text);
    expect(new Set(executed).size).toBe(executed.length);
    const actions = server.actionsRun.map((args) => JSON.stringify(args));
    expect(new Set(actions).size).toBe(actions.length);
    for (const { client, outcomes, sent, watches, platform } of people) {
      expect(platform.reports.filter((error) => !isBetterBaseError(error) || error.code !== 'session/replaced')).toEqual([]);
      expect(client.connectionState()).toMatchObject({ mutationsInFlight: 0, actionsInFlight: 0, oldestCallAt: null });
      for (const text of sent) {
        const outcome = outcomes.get(text);
        expect(outcome, `outcome of ${text}`).toBeDefined();
        if (outcome !== 'unknown') expect(executed).toContain(text);
      }
      const mine = new Set(sent);
      expect(executed.filter((text) => mine.has(text))).toEqual(sent.filter((text) => executed.includes(text)));
      for (const watched of watches) expect(watched.current().status).toBe('success');
      expectTruth(server, client.observe(total), 'messages:total', {});
      for (const name of names) expectTruth(server, client.observe(messages, { room: name }), 'messages:list', { room: name });
      seen.cut += client.connectionState().connections;
      seen.unknown += [...outcomes.values()].filter((outcome) => outcome === 'unknown').length;
    }
    seen.actions += actions.length;
    for (const { client } of people) client.close();
    expect(clock.waiting).toBe(0);
  });

  // The simulation is only worth something if these happen often.
  expect(seen.cut).toBeGreaterThan(1000);
  expect(seen.unknown).toBeGreaterThan(100);
  expect(seen.actions).toBeGreaterThan(500);
});

/** What is known of a query is the truth; of a query that nobody watches nothing is known. */
function expectTruth(
  server: ModelServer<Rooms>,
  query: { current(): { readonly status: string; readonly data: unknown } },
  path: string,
  args: EncodedValue,
): void {
  const { status, data } = query.current();
  const truth = server.answer(path, args);
  if (status !== 'loading') expect(data).toEqual('value' in truth ? decodeValue(truth.value) : truth);
}
