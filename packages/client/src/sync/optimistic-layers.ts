/**
 * What the results will look like when the mutations under way have happened.
 *
 * Holds: one layer for each mutation that guesses its effect, in the order they were made, and what all of them together
 * make of the answers.
 * Does not hold: the server's answers; they are handed in as `truth` each time.
 * Always true: what is shown is the truth with every layer applied in order, and nothing else. A layer leaves no trace.
 */
import type { Value } from '@betterbase/core';
import type { QueryCall } from './query-call.ts';
import { loading, type QueryState, success } from './query-state.ts';
import { isSameValue } from './same-value.ts';

export interface Truth {
  state(key: string): QueryState;
  /** Every query that is subscribed to. */
  calls(): readonly QueryCall[];
}

/** What a layer may do to the results. */
export interface Results {
  get(call: QueryCall): QueryState;
  /** `undefined`: shows the query as loading. */
  set(call: QueryCall, value: Value | undefined): void;
  /** The queries of this function that are known here. */
  calls(path: string): readonly QueryCall[];
}

export type Layer = (results: Results) => void;

interface Guess {
  readonly call: QueryCall;
  readonly state: QueryState;
}

export class OptimisticLayers<Owner> {
  readonly #layers = new Map<Owner, Layer>();
  #guesses = new Map<string, Guess>();

  state(key: string, truth: Truth): QueryState {
    return this.#guesses.get(key)?.state ?? truth.state(key);
  }

  /** The queries that show a guess now. */
  keys(): readonly string[] {
    return [...this.#guesses.keys()];
  }

  /**
   * Puts a layer on top.
   *
   * @throws whatever the layer throws; then it leaves no trace.
   */
  push(owner: Owner, layer: Layer, truth: Truth): void {
    const before = new Map(this.#guesses);
    try {
      layer(this.#results(truth, before));
      this.#layers.set(owner, layer);
    } catch (error) {
      this.#guesses = before;
      throw error;
    }
  }

  /** Takes layers away: their mutations have happened, or never will. */
  drop(owners: Iterable<Owner>): void {
    for (const owner of owners) this.#layers.delete(owner);
  }

  /** Makes the guesses anew from the truth of now. A layer that throws on it is gone; what it threw is returned. */
  replay(truth: Truth): readonly unknown[] {
    const before = this.#guesses;
    const thrown: unknown[] = [];
    this.#guesses = new Map();
    for (const [owner, layer] of this.#layers) {
      const below = new Map(this.#guesses);
      try {
        layer(this.#results(truth, before));
      } catch (error) {
        this.#guesses = below;
        this.#layers.delete(owner);
        thrown.push(error);
      }
    }
    return thrown;
  }

  #results(truth: Truth, before: ReadonlyMap<string, Guess>): Results {
    return {
      get: (call) => this.state(call.key, truth),
      set: (call, value) => {
        const last = before.get(call.key)?.state;
        const state = value === undefined ? loading : success(value);
        // A guess that comes out as it did before is the same object, so nobody renders for it again.
        this.#guesses.set(call.key, { call, state: last?.status === state.status && isSameValue(last.data, state.data) ? last : state });
      },
      calls: (path) => {
        const known = new Map(
          [...truth.calls(), ...Array.from(this.#guesses.values(), ({ call }) => call)].map((call) => [call.key, call]),
        );
        return [...known.values()].filter((call) => call.path === path);
      },
    };
  }
}
