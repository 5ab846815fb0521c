import type { SqlText } from '../sql/sql-value.ts';
import { conflict } from '../sql/standing.ts';
import { type Flight, isAtOtherVersion, type RemoteLink } from './remote-link.ts';
import type { RemoteResult } from './remote-sql.ts';

/** One that is under way. */
class UnderWay<Stand> {
  readonly flight: Flight;
  /** Where the store stands when it has happened. */
  readonly stand: Stand;
  /** Whether it has happened, and all before it. Never rejects. */
  landing: Promise<boolean> = Promise.resolve(false);
  hasLanded = false;
  /** How often it has been sent. */
  departures = 0;
  /** It was refused for its version, and waits to be sent again. */
  isGrounded = false;
  #onDeparture: (() => void)[] = [];

  constructor(flight: Flight, stand: Stand) {
    this.flight = flight;
    this.stand = stand;
  }

  depart(): void {
    this.departures++;
    this.isGrounded = false;
    const waiting = this.#onDeparture;
    this.#onDeparture = [];
    for (const depart of waiting) depart();
  }

  /** Ends when it is sent once more than so often, or when it is known what became of it. */
  async departsAfter(departures: number): Promise<void> {
    if (this.departures > departures) return;
    await Promise.race([this.landing, new Promise<void>((resolve) => this.#onDeparture.push(resolve))]);
  }
}

/**
 * Commits that are sent before it is known what became of the one each builds on.
 *
 * Always true: they land in the order in which they were sent, and none without the one before it: its first statement fails
 * at any other commit's version. One that arrives too early is refused for that. It goes again right behind the one before it,
 * and whatever comes after it waits for that, for it would be refused, too.
 */
export class Flights<Stand> {
  readonly #link: RemoteLink;
  #last: UnderWay<Stand> | null = null;

  constructor(link: RemoteLink) {
    this.#link = link;
  }

  /** The newest that is under way; null: none is. */
  get last(): Pick<UnderWay<Stand>, 'flight' | 'stand'> | null {
    return this.#last;
  }

  /**
   * Sends one that builds on `last`.
   *
   * @param land is told when it has happened, before anybody else
   * @throws BetterBaseError `commit/conflict` when the one before it has not happened, and so it has not either. What
   *   `RemoteLink.write` throws
   */
  send(flight: Flight, stand: Stand, statements: readonly SqlText[], land: () => void): Promise<readonly RemoteResult[]> {
    const underWay = new UnderWay(flight, stand);
    this.#link.departs(flight);
    const landing = this.#fly(underWay, this.#last, statements).then(
      (results) => {
        underWay.hasLanded = true;
        this.#link.landed(flight);
        land();
        return results;
      },
      (failure: unknown) => {
        this.#link.failed(flight);
        throw failure;
      },
    );
    underWay.landing = landing.then(
      () => true,
      () => false,
    );
    this.#last = underWay;
    return landing.finally(() => {
      if (this.#last === underWay) this.#last = null;
    });
  }

  async #fly(own: UnderWay<Stand>, before: UnderWay<Stand> | null, statements: readonly SqlText[]): Promise<readonly RemoteResult[]> {
    if (before === null) {
      own.depart();
      return await this.#link.write(statements);
    }
    for (;;) {
      const { departures, hasLanded } = before;
      if (before.isGrounded) {
        await before.departsAfter(departures);
        if (before.departures === departures && !(await before.landing)) throw this.#undone(own);
        continue;
      }
      own.depart();
      const answer = await this.#attempt(statements, { mayBeEarly: !hasLanded });
      const isEarly = !answer.ok && !hasLanded && isAtOtherVersion(answer.failure);
      if (isEarly) {
        own.isGrounded = true;
        await before.departsAfter(departures);
        if (!before.hasLanded && before.departures > departures) continue;
      }
      // Nothing is said of one before all those before it are known.
      if (!(await before.landing)) throw this.#undone(own);
      if (isEarly) continue;
      if (answer.ok) return answer.results;
      throw answer.failure;
    }
  }

  #undone({ flight }: UnderWay<Stand>): Error {
    return this.#link.lost ?? conflict(flight.version - 1, null);
  }

  async #attempt(statements: readonly SqlText[], options: { readonly mayBeEarly: boolean }): Promise<Attempt> {
    try {
      return { ok: true, results: await this.#link.write(statements, options) };
    } catch (failure) {
      return { ok: false, failure };
    }
  }
}

type Attempt = { readonly ok: true; readonly results: readonly RemoteResult[] } | { readonly ok: false; readonly failure: unknown };
