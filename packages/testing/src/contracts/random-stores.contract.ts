import { compareValues, encodeValue, isBetterBaseError, isPlainObject, type Value } from '@betterbase/core';
import { type DocumentWrite, fieldAt, type RangeEnd, type RangeRead, type StoredDocument } from '@betterbase/engine';
import type { TableManifest } from '@betterbase/protocol';
import { describe, expect, it } from 'vitest';
import { randomlyChanged, randomTable } from '../random/random-manifest.ts';
import { randomValueOf } from '../random/random-validator.ts';
import { randomValue } from '../random/random-value.ts';
import { forEachSeed, type Seeded } from '../random/seeded.ts';
import { deletion, insertion, type LendStore, replaced, StoreDriver } from './store-driver.ts';

/**
 * Random schemas, documents, changes, migrations and range reads: the store gives what a model gives.
 *
 * @param lendModel lends a store that is taken for the truth
 */
export function randomStoresContract(name: string, lend: LendStore, lendModel: LendStore, seeds = 60): void {
  describe(`${name} with random schemas and documents`, () => {
    it('gives back every document exactly, and every range as the model does', { timeout: 120_000 }, () =>
      forEachSeed(seeds, (random) =>
        lend((open) =>
          lendModel(async (openModel) => {
            const table = randomTable(random, 'things');
            const pair = new Pair(await StoreDriver.open(open(), table), await StoreDriver.open(openModel(), table), random);

            for (let round = 0; round < 4; round++) {
              await pair.write(table);
              await pair.compare(table);
            }
            let newest = table;
            for (let round = 0; round < 4; round++) {
              newest = await pair.migrate(newest, randomlyChanged(random, newest));
              await pair.compare(newest);
            }
            const loose: TableManifest = { ...newest, document: { type: 'any' } };
            await pair.migrate(newest, loose);
            await pair.write(loose);
            await pair.compare(loose);
          }),
        ),
      ),
    );
  });
}

/** A store and its model, of which everything is asked twice. */
class Pair {
  readonly #store: StoreDriver;
  readonly #model: StoreDriver;
  readonly #random: Seeded;
  #documents: StoredDocument[] = [];

  constructor(store: StoreDriver, model: StoreDriver, random: Seeded) {
    this.#store = store;
    this.#model = model;
    this.#random = random;
  }

  async write(table: TableManifest): Promise<void> {
    const random = this.#random;
    const kept: StoredDocument[] = [];
    const writes: DocumentWrite[] = [];
    for (const before of this.#documents) {
      if (random.chance(0.2)) writes.push(deletion(table.name, before));
      else if (random.chance(0.5)) kept.push(before);
      else {
        const after = replaced(before, this.#fieldsOf(table));
        writes.push({ table: table.name, id: before._id, before, after });
        kept.push(after);
      }
    }
    const added = random.many(8, () => this.#store.document(table.name, this.#fieldsOf(table)));
    const all = [...writes, ...added.map((document) => insertion(table.name, document))];
    const refused = await this.#store.commit(all).then(() => null, codeOf);
    expect(refused).toEqual(await this.#model.commit(all).then(() => null, codeOf));
    if (refused === null) this.#documents = [...kept, ...added];
  }

  /** The table that there is afterwards: documents may stand in the way of the next one, and both stores must see that. */
  async migrate(table: TableManifest, next: TableManifest): Promise<TableManifest> {
    const result = await this.#store.migrate(next).catch(codeOf);
    expect(result).toEqual(await this.#model.migrate(next).catch(codeOf));
    if (!('schema' in result)) return table;
    const kept = await this.#model.read(next.name);
    this.#documents = [...kept];
    return next;
  }

  async compare(table: TableManifest): Promise<void> {
    expect(said(sortedById(await this.#store.read(table.name)))).toEqual(said(sortedById(this.#documents)));
    for (let count = 0; count < 12; count++) {
      const range = this.#randomRange(table);
      expect([range, said(await this.#store.store.read(range))]).toEqual([range, said(await this.#model.store.read(range))]);
      expect([range, await this.#store.store.count(range)]).toEqual([range, await this.#model.store.count(range)]);
    }
  }

  #fieldsOf(table: TableManifest): { [field: string]: Value } {
    const type =
      table.document.type === 'any'
        ? ({ type: 'record', keys: { type: 'string' }, values: { fieldType: { type: 'any' }, optional: false } } as const)
        : table.document;
    const value = randomValueOf(this.#random, type);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof ArrayBuffer)
      throw new Error('Documents are objects.');
    return Object.fromEntries(Object.entries(value).flatMap(([field, part]) => (part === undefined ? [] : [[field, part]])));
  }

  #randomRange(table: TableManifest): RangeRead {
    const random = this.#random;
    const indexes = table.indexes.flatMap((index) =>
      index.kind === 'index' ? [{ name: index.name, fields: [...index.fields, '_creationTime'] }] : [],
    );
    const { name: index, fields } = random.pick([
      { name: 'by_id', fields: ['_id'] },
      { name: 'by_creation_time', fields: ['_creationTime'] },
      ...indexes,
      ...indexes,
      ...indexes,
    ]);
    const ends = [this.#randomEnd(fields), this.#randomEnd(fields)] as const;
    const [lower, upper] = random.chance(0.8) && compareEnds(ends[0], ends[1]) > 0 ? [ends[1], ends[0]] : ends;
    const limit = random.pick([1, 2, 5, 1_000]);
    return {
      table: table.name,
      index,
      lower,
      upper: random.chance(0.3) ? { prefix: lower.prefix, inclusive: true } : upper,
      order: random.pick(['asc', 'desc']),
      limit,
    };
  }

  /** Mostly values that documents have, of which the last one may be changed. */
  #randomEnd(fields: readonly string[]): RangeEnd {
    const random = this.#random;
    const document = this.#documents[random.below(this.#documents.length || 1)];
    const prefix = fields
      .slice(0, random.below(fields.length + 1))
      .map((field) => (document === undefined ? undefined : fieldAt(document, field)));
    if (prefix.length > 0 && random.chance(0.2)) prefix[prefix.length - 1] = randomValue(random);
    return { prefix, inclusive: random.chance(0.5) };
  }
}

/** Which of several clashes or wrong fields is named first is the store's choice; which documents break a schema is not. */
function codeOf(error: unknown): { code: string; offenders: unknown[] } {
  if (!isBetterBaseError(error)) throw error;
  const { details } = error;
  const offenders: unknown = isPlainObject(details) ? details['offenders'] : [];
  return {
    code: error.code,
    offenders: Array.isArray(offenders) ? offenders.map((offender: unknown) => isPlainObject(offender) && offender['id']) : [],
  };
}

function compareEnds(one: RangeEnd, other: RangeEnd): number {
  for (let position = 0; position < Math.min(one.prefix.length, other.prefix.length); position++) {
    const order = compareValues(one.prefix[position], other.prefix[position]);
    if (order !== 0) return order;
  }
  return 0;
}

/** As text that says every value exactly: a field called `constructor` misleads matchers. */
function said(documents: readonly StoredDocument[]): string[] {
  return documents.map((document) =>
    JSON.stringify(encodeValue(document), (_, part: unknown) =>
      isPlainObject(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
    ),
  );
}

function sortedById(documents: readonly StoredDocument[]): StoredDocument[] {
  return documents.toSorted((one, other) => (one._id < other._id ? -1 : 1));
}
