import type { Seeded } from '@betterbase/testing';
import {
  type Anomaly,
  type BankReading,
  checkBank,
  checkHistory,
  type History,
  HistoryRecorder,
  type Step,
} from '@betterbase/testing/history';
import { openingBalance, soakAccounts } from './soak-app.ts';

/** One call of the soak: where it goes, what it appends. */
export interface SoakCall {
  readonly path: string;
  readonly args: { readonly [name: string]: string | number | string[] };
  readonly lists: readonly string[];
  readonly mark: string;
  readonly transfer: { readonly from: string; readonly to: string; readonly amount: number } | null;
}

export interface SoakFigures {
  readonly operations: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  readonly readings: number;
}

/**
 * What the callers of a soak sent, and what they were told.
 *
 * Holds: the history, the transfers, and which lists are in use now: they change, so that none grows without end.
 */
export class SoakLog {
  readonly recorder = new HistoryRecorder();
  readonly readings: BankReading[] = [];
  readonly #random: Seeded;
  readonly #calls = new Map<string, SoakCall>();
  readonly #lists = new Set<string>();
  round = 0;

  constructor(random: Seeded) {
    this.#random = random;
  }

  get history(): History {
    return this.recorder.history;
  }

  get lists(): readonly string[] {
    return [...this.#lists];
  }

  someLists(): string[] {
    const lists = this.#random.shuffled(['a', 'b', 'c']).slice(this.#random.below(3));
    const named = lists.map((list) => `${list}${this.round}`);
    for (const list of named) this.#lists.add(list);
    return named;
  }

  /** The next call of a caller. */
  plan(caller: string, number: number): SoakCall {
    const mark = `${caller}.${number}`;
    const lists = this.someLists();
    const call = this.#plan(mark, lists);
    this.#calls.set(mark, call);
    return call;
  }

  /** It is about to be sent. `after`: the caller's one before it, if they are run in order. */
  sent(call: SoakCall, after: number | null): number {
    return this.recorder.add({
      name: `${call.path} of ${call.mark}`,
      invoked: this.recorder.tick(),
      returned: null,
      outcome: 'unknown',
      after: after === null ? [] : [after],
      steps: call.lists.map((list): Step => ({ do: 'append', list, mark: call.mark })),
    });
  }

  done(position: number, { lists, mark }: SoakCall, read: readonly (readonly string[])[]): void {
    const steps = lists.flatMap((list, at): Step[] => [
      { do: 'read', list, marks: read[at] ?? [] },
      { do: 'append', list, mark },
    ]);
    this.recorder.amend(position, { returned: this.recorder.tick(), outcome: 'done', steps });
  }

  refused(position: number): void {
    this.recorder.amend(position, { returned: this.recorder.tick(), outcome: 'refused' });
  }

  read(name: string, invoked: number, lists: readonly string[], read: readonly (readonly string[])[]): void {
    this.recorder.add({
      name,
      invoked,
      returned: this.recorder.tick(),
      outcome: 'done',
      after: [],
      steps: lists.map((list, at) => ({ do: 'read', list, marks: read[at] ?? [] })),
    });
  }

  saw(name: string, balances: Readonly<Record<string, number>>): void {
    this.readings.push({ name, balances: new Map(Object.entries(balances)) });
  }

  /** What is wrong, given what is there in the end. */
  check(
    marks: ReadonlySet<string>,
    balances: Readonly<Record<string, number>>,
  ): { readonly anomalies: readonly Anomaly[]; readonly money: readonly string[] } {
    const transfers = [...this.#calls.values()].flatMap(({ transfer, mark }) =>
      transfer === null ? [] : [{ ...transfer, happened: marks.has(mark) }],
    );
    const initial = new Map(soakAccounts.map((name) => [name, openingBalance]));
    const money = checkBank({ initial, transfers, readings: this.readings, final: new Map(Object.entries(balances)) });
    return { anomalies: checkHistory(this.history), money };
  }

  figures(): SoakFigures {
    const count = (outcome: string): number => this.history.filter((operation) => operation.outcome === outcome).length;
    return {
      operations: this.history.length,
      acknowledged: count('done'),
      refused: count('refused'),
      unknown: count('unknown'),
      readings: this.readings.length,
    };
  }

  #plan(mark: string, lists: string[]): SoakCall {
    const roll = this.#random.below(10);
    if (roll < 1) return { path: 'soak:refuse', args: { lists, mark }, lists, mark, transfer: null };
    if (roll < 6) return { path: 'soak:append', args: { lists, mark }, lists, mark, transfer: null };
    const [from = 'ann', to = 'ben'] = this.#random.shuffled(soakAccounts);
    const transfer = { from, to, amount: 1 + this.#random.below(50) };
    return { path: 'soak:transfer', args: { ...transfer, lists, mark }, lists, mark, transfer };
  }
}
