/** Whoever writes during a soak. Each goes on until it is told to stop, and then ends what it has begun. */
import { setTimeout as pause } from 'node:timers/promises';
import { isAppError, isBetterBaseError, makeFunctionReference } from '@betterbase/core';
import { createClient } from '@betterbase/client';
import type { KillablePlatform } from './killable-platform.ts';
import { RawSocket } from './raw-socket.ts';
import type { SoakCall, SoakLog } from './soak-log.ts';

export interface SoakCallerParts {
  readonly platform: KillablePlatform;
  readonly log: SoakLog;
  readonly name: string;
  readonly isOver: () => boolean;
}

/** A gateway that cannot reach its object, or an object its engine: whether it was done is not known. */
const saysNothing = new Set(['engine/unavailable', 'internal/unexpected']);
/** While nobody listens, how long until it is tried again, ms. */
const retryDelay = 15;
/** Sent and not answered, of one caller. */
const mostUnderWay = 6;

/** One call at a time, under a key, until it is answered; in between it reads. */
export async function callOverHttp({ platform, log, name, isOver }: SoakCallerParts): Promise<void> {
  for (let number = 1; !isOver(); number++) {
    const call = log.plan(name, number);
    const position = log.sent(call, null);
    const answer = await untilAnswered(platform, '/mutation', call, `${name}-${number}`);
    if (answer.status === 'success') log.done(position, call, answer.value as string[][]);
    else log.refused(position);

    const lists = log.someLists();
    const invoked = log.recorder.tick();
    const read = await post(platform, '/query', { path: 'soak:read', args: { lists } });
    if (read?.status === 'success') log.read(`what ${name} read at ${invoked}`, invoked, lists, read.value as string[][]);
  }
}

interface HttpAnswer {
  readonly status: 'success' | 'error';
  readonly value?: unknown;
  readonly error?: { readonly code: string };
}

async function untilAnswered(platform: KillablePlatform, door: string, { path, args }: SoakCall, key: string): Promise<HttpAnswer> {
  for (;;) {
    const answer = await post(platform, door, { path, args }, { 'idempotency-key': key });
    if (answer !== null && !saysNothing.has(answer.error?.code ?? '')) return answer;
    await pause(retryDelay);
  }
}

/** Null: no answer came. */
export async function post(
  platform: KillablePlatform,
  door: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<HttpAnswer | null> {
  try {
    return (await platform.post(`/p/app/api${door}`, body, headers)).body as HttpAnswer;
  } catch {
    // Nobody listens, or the connection broke: that is what the soak is about.
    return null;
  }
}

/** Speaks frames: many calls under way, and after a reconnect it sends again even what was answered. */
export class RawCaller {
  readonly #parts: SoakCallerParts;
  #session: string | null = null;
  #sent: { readonly id: number; readonly call: SoakCall; readonly position: number; outcome: string | null }[] = [];
  #last: number | null = null;
  #number = 0;
  #version = 0;
  resends = 0;

  constructor(parts: SoakCallerParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { isOver } = this.#parts;
    while (!isOver() || this.#open > 0) {
      const socket = await this.#connect();
      if (socket === null) continue;
      await this.#talk(socket);
      socket.cut();
    }
  }

  get #open(): number {
    return this.#sent.filter(({ outcome }) => outcome === null).length;
  }

  async #connect(): Promise<RawSocket | null> {
    const { platform, name } = this.#parts;
    try {
      const socket = await RawSocket.open(`${platform.url}/p/app/realtime`);
      const { session, resumed } = await socket.connect(this.#session);
      if (this.#session !== null && !resumed) throw new SoakFailure(`${name}: the session was not resumed.`);
      this.#session = session;
      this.#version = 0;
      return socket;
    } catch (failure) {
      if (failure instanceof SoakFailure) throw failure;
      await pause(retryDelay);
      return null;
    }
  }

  /** Until the connection is lost, or all is said. */
  async #talk(socket: RawSocket): Promise<void> {
    const { isOver } = this.#parts;
    for (const { id, call, outcome } of this.#sent) {
      if (outcome !== null) this.resends += 1;
      socket.send({ type: 'mutation', id, path: call.path, args: { ...call.args } });
    }
    try {
      while (!isOver() || this.#open > 0) {
        while (!isOver() && this.#open < mostUnderWay) this.#sendNext(socket);
        const frame = await socket.next();
        if (frame.type === 'fatal') return;
        if (frame.type !== 'transition') continue;
        if (frame.from !== this.#version) throw new SoakFailure(`A transition starts at ${frame.from}, and not at ${this.#version}.`);
        this.#version = frame.to;
        for (const finished of frame.finished) this.#finish(finished);
        if (frame.to % 16 === 0) this.#acknowledge(socket);
      }
    } catch (failure) {
      if (failure instanceof SoakFailure) throw failure;
      // The socket broke, or nothing comes any more.
    }
  }

  #sendNext(socket: RawSocket): void {
    const { log, name } = this.#parts;
    this.#number += 1;
    const call = log.plan(name, this.#number);
    const position = log.sent(call, this.#last);
    this.#last = position;
    this.#sent.push({ id: this.#number, call, position, outcome: null });
    socket.send({ type: 'mutation', id: this.#number, path: call.path, args: { ...call.args } });
  }

  #finish(finished: { readonly id: number; readonly value?: unknown; readonly error?: { readonly code: string } }): void {
    const { log, name } = this.#parts;
    const sent = this.#sent.find(({ id }) => id === finished.id);
    if (sent === undefined) throw new SoakFailure(`${name}: mutation ${finished.id} has an outcome, and was not asked for.`);
    const outcome = JSON.stringify(finished.error?.code ?? finished.value);
    if (sent.outcome !== null && sent.outcome !== outcome)
      throw new SoakFailure(`${name}: mutation ${finished.id} had the outcome ${sent.outcome}, and now ${outcome}.`);
    if (sent.outcome !== null) return;
    sent.outcome = outcome;
    if (finished.error === undefined) log.done(sent.position, sent.call, finished.value as string[][]);
    else log.refused(sent.position);
  }

  /** The server may forget these: they are not sent again. */
  #acknowledge(socket: RawSocket): void {
    const open = this.#sent.find(({ outcome }) => outcome === null)?.id ?? this.#number + 1;
    socket.send({ type: 'acknowledge', version: this.#version, finished: open - 1 });
    this.#sent = this.#sent.filter(({ id }) => id >= open);
  }
}

/** Our own client, with several calls under way, and a query that it watches. */
export async function callWithClient({ platform, log, name, isOver }: SoakCallerParts): Promise<void> {
  const client = createClient({ url: `${platform.url}/p/app`, name });
  const stop = client.subscribe(makeFunctionReference<'query'>('soak:balances'), {}, (balances: Record<string, number>) => {
    if (Object.keys(balances).length > 0) log.saw(`what ${name} saw`, balances);
  });
  const underWay = new Set<Promise<void>>();
  let last: number | null = null;
  try {
    for (let number = 1; !isOver(); number++) {
      const call = log.plan(name, number);
      const position = log.sent(call, last);
      last = position;
      const sent: Promise<void> = client
        .mutation(makeFunctionReference<'mutation'>(call.path), call.args)
        .then(
          (value: unknown) => log.done(position, call, value as string[][]),
          (failure: unknown) => {
            if (!isAppError(failure) && !isRefusal(failure)) throw failure;
            log.refused(position);
          },
        )
        .finally(() => underWay.delete(sent));
      underWay.add(sent);
      if (underWay.size >= mostUnderWay) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  } finally {
    stop();
    client.close();
  }
}

function isRefusal(failure: unknown): boolean {
  return isBetterBaseError(failure) && failure.code === 'function/threw';
}

/** What must never be, as against what a crash may bring about. */
export class SoakFailure extends Error {
  override readonly name = 'SoakFailure';
}
