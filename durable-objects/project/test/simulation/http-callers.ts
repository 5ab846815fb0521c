import { encodeToJson, type Value } from '@betterbase/core';
import type { HistoryRecorder } from '@betterbase/testing/history';
import type { Plan } from './moves.ts';
import { appends, outcomeOf, type PlannedCall, planCall, type Plans, readsAndAppends, valueOf } from './outcomes.ts';
import type { World } from './world.ts';

interface Post {
  readonly call: PlannedCall;
  readonly operation: number;
  /** Null without one. */
  readonly key: string | null;
  /** JSON text of the outcome that was told first. */
  outcome: string | null;
}

/** Callers over HTTP: each calls once, and those with a key call again until they are answered. */
export class HttpCallers {
  readonly #world: World;
  readonly #recorder: HistoryRecorder;
  readonly #plans: Plans;
  #posts: Post[] = [];
  #marks = 0;

  constructor({ world, recorder, plans }: { readonly world: World; readonly recorder: HistoryRecorder; readonly plans: Plans }) {
    this.#world = world;
    this.#recorder = recorder;
    this.#plans = plans;
  }

  get isIdle(): boolean {
    return this.#posts.every(({ key, outcome }) => key === null || outcome !== null);
  }

  async ask(lists: readonly string[]): Promise<void> {
    const invoked = this.#recorder.tick();
    const outcome = await this.#call('query', 'sim:lists', { lists: [...lists] }, null);
    if (outcome?.ok !== true) return;
    const read = valueOf(outcome) as readonly (readonly string[])[];
    this.#recorder.add({
      name: `what was asked at ${invoked}`,
      invoked,
      returned: this.#recorder.tick(),
      outcome: 'done',
      after: [],
      steps: lists.map((list, at) => ({ do: 'read', list, marks: read[at] ?? [] })),
    });
  }

  async post(plan: Plan, hasKey: boolean): Promise<void> {
    this.#marks += 1;
    const call = planCall(plan, `http.${this.#marks}`);
    this.#plans.set(call.mark, plan);
    const operation = this.#recorder.add({
      name: `${call.path} of ${call.mark}`,
      invoked: this.#recorder.tick(),
      returned: null,
      outcome: 'unknown',
      after: [],
      steps: appends(call),
    });
    const post: Post = { call, operation, key: hasKey ? `key ${this.#marks}` : null, outcome: null };
    this.#posts.push(post);
    await this.#send(post);
  }

  async postAgain(): Promise<void> {
    const keyed = this.#posts.filter(({ key }) => key !== null);
    const answered = keyed.findLast(({ outcome }) => outcome !== null);
    await Promise.all(
      [...keyed.filter(({ outcome }) => outcome === null), ...(answered === undefined ? [] : [answered])].map((post) => this.#send(post)),
    );
  }

  /** What their keys were used for may be forgotten by now: they are not sent again. */
  expire(): void {
    this.#posts = [];
  }

  async #send(post: Post): Promise<void> {
    const { call, operation, key } = post;
    const outcome = await this.#call('mutation', call.path, call.args, key);
    if (outcome === null) return;
    const known = outcomeOf(outcome.ok ? null : outcome.error);
    if (known === 'unknown') return;
    const text = JSON.stringify(outcome.ok ? outcome.value : outcome.error.code);
    if (post.outcome !== null && post.outcome !== text) throw new Error(`${call.mark} had the outcome ${post.outcome}, and now ${text}.`);
    if (post.outcome !== null) return;
    post.outcome = text;
    this.#recorder.amend(operation, {
      returned: this.#recorder.tick(),
      outcome: known,
      ...(outcome.ok ? { steps: readsAndAppends(call, valueOf(outcome)) } : {}),
    });
  }

  #call(kind: 'query' | 'mutation', path: string, args: { readonly [name: string]: Value }, idempotencyKey: string | null) {
    return this.#world.call({ kind, path, args: encodeToJson(args), reach: 'public', idempotencyKey });
  }
}
