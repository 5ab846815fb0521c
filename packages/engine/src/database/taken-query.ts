import { BetterBaseError } from '@betterbase/core';
import type { StoredDocument } from '../ports/document-store.ts';

/** What `take(n)` returns: await it for the documents, or go on with `collect`, `first` or `unique`. Runs once. */
export class TakenQuery implements PromiseLike<StoredDocument[]> {
  readonly #read: (most: number) => Promise<StoredDocument[]>;
  #all: Promise<StoredDocument[]> | null = null;

  constructor(read: (most: number) => Promise<StoredDocument[]>) {
    this.#read = read;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- being awaitable is the point (Convex's take executes, BetterBase's chains).
  then<A = StoredDocument[], B = never>(
    onFulfilled?: ((documents: StoredDocument[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.collect().then(onFulfilled, onRejected);
  }

  collect(): Promise<StoredDocument[]> {
    this.#all ??= this.#read(Number.POSITIVE_INFINITY);
    return this.#all;
  }

  async first(): Promise<StoredDocument | null> {
    return (await this.#read(1))[0] ?? null;
  }

  async unique(): Promise<StoredDocument | null> {
    return onlyOne(await this.#read(2), 'this table');
  }
}

export function onlyOne(documents: readonly StoredDocument[], table: string): StoredDocument | null {
  if (documents.length > 1) {
    throw new BetterBaseError(
      'query/not-unique',
      `unique() found more than one document in \`${table}\`: ${documents.map((each) => each._id).join(', ')}.`,
      {
        hint: 'Use first(), or narrow the range.',
      },
    );
  }
  return documents[0] ?? null;
}

export function notCollected(): BetterBaseError {
  return new BetterBaseError(
    'query/not-collected',
    'Return value is a Query. Results must be retrieved with `.collect()`, `.take(n)`, `.unique()`, or `.first()`.',
  );
}
