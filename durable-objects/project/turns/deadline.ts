import type { Timer } from '../timer.ts';

/** Says that a call took longer than it may. */
export class Overrun extends Error {
  override readonly name = 'Overrun';

  constructor(milliseconds: number) {
    super(`The engine did not answer within ${milliseconds / 1000} s.`);
  }
}

/** Gives every call to the engine the same time to finish. */
export class Deadline {
  readonly #milliseconds: number;
  readonly #timer: Timer;

  constructor(milliseconds: number, timer: Timer) {
    this.#milliseconds = milliseconds;
    this.#timer = timer;
  }

  /** What the work gives, or `Overrun` when it is late. Late work is not stopped: its caller aborts the engine. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.#timer.after(this.#milliseconds, () => reject(new Overrun(this.#milliseconds)));
      work.then(
        (value) => {
          stop();
          resolve(value);
        },
        (error: unknown) => {
          stop();
          reject(error);
        },
      );
    });
  }
}
