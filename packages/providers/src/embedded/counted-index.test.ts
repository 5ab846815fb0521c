import { DatabaseSync } from 'node:sqlite';
import {
  type DocumentWrite,
  encodeKey,
  indexKey,
  lowerBoundKey,
  type RangeEnd,
  type StoredDocument,
  upperBoundKey,
} from '@betterbase/engine';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { describe, expect, test } from 'vitest';
import { type CountedTable, CountedIndex, type CountRange } from './counted-index.ts';
import { nodeDisk } from '../disk/node-disk.ts';

const manifest = { kind: 'index', name: 'by_rank', fields: ['rank'], unique: false, counted: true } as const;
const fields = ['rank', '_creationTime'];

/** A table of documents in a list, which counts by looking at all of them. */
class ListedTable implements CountedTable {
  readonly home = 'things';
  documents = new Map<string, StoredDocument>();

  walk({ lower, upper }: CountRange): number {
    const [from, to] = [lowerBoundKey(lower), upperBoundKey(upper)];
    return [...this.documents.values()].map((document) => indexKey(document, fields)).filter((key) => key >= from && key < to).length;
  }

  eachInOrder(_index: string, visit: (document: StoredDocument) => void): void {
    const keyed = [...this.documents.values()].map((document) => ({ document, key: indexKey(document, fields) }));
    keyed.sort((one, other) => (one.key < other.key ? -1 : 1));
    for (const { document } of keyed) visit(document);
  }
}

class World {
  readonly table = new ListedTable();
  readonly #random: Seeded;
  #time = 1_700_000_000_000;

  constructor(random: Seeded) {
    this.#random = random;
  }

  /** Random writes, carried out on the table. */
  write(): DocumentWrite[] {
    const random = this.#random;
    const writes = new Map<string, DocumentWrite>();
    for (const before of this.table.documents.values()) {
      if (random.chance(0.9)) continue;
      const after = random.chance(0.5) ? null : { ...before, rank: this.#rank() };
      writes.set(before._id, { table: 'things', id: before._id, before, after });
    }
    for (const after of random.many(40, () => this.#document()))
      writes.set(after._id, { table: 'things', id: after._id, before: null, after });
    for (const { id, after } of writes.values()) {
      if (after === null) this.table.documents.delete(id);
      else this.table.documents.set(id, after);
    }
    return [...writes.values()];
  }

  range(): CountRange {
    const random = this.#random;
    const end = (): RangeEnd => ({ prefix: random.chance(0.2) ? [] : [this.#rank()], inclusive: random.chance(0.5) });
    const some = random.pick([this.#document(), ...this.table.documents.values()]);
    const exact: RangeEnd = { prefix: [some['rank'], some._creationTime], inclusive: random.chance(0.5) };
    return { index: 'by_rank', lower: random.chance(0.3) ? exact : end(), upper: random.chance(0.3) ? exact : end() };
  }

  #document(): StoredDocument {
    this.#time += 1 / 1_024;
    return { _id: encodeKey([this.#time]), _creationTime: this.#time, rank: this.#rank() };
  }

  #rank(): number | string {
    return this.#random.chance(0.5) ? this.#random.below(5) : `rank ${this.#random.below(50)}`;
  }
}

describe('a counted index', () => {
  test.each([1, 2, 7])(
    'counts every range as walking does, through random writes, when a run begins at one document in 2 ** %i',
    async (bits) => {
      await forEachSeed(15, (random) => {
        const world = new World(random);
        const disk = nodeDisk(new DatabaseSync(':memory:'));
        world.write();
        const counted = new CountedIndex(disk, manifest, world.table, bits);
        counted.create();

        for (let round = 0; round < 12; round++) {
          for (let count = 0; count < 20; count++) {
            const range = world.range();
            expect([range, counted.count(range)]).toEqual([range, world.table.walk(range)]);
          }
          counted.apply(world.write());
        }
      });
    },
  );

  test('that followed every write is the one that is made anew', async () => {
    await forEachSeed(10, (random) => {
      const world = new World(random);
      const [followed, anew] = [nodeDisk(new DatabaseSync(':memory:')), nodeDisk(new DatabaseSync(':memory:'))];
      const counted = new CountedIndex(followed, manifest, world.table, 1);
      counted.create();
      for (let round = 0; round < 8; round++) counted.apply(world.write());
      new CountedIndex(anew, manifest, world.table, 1).create();

      const runs = 'SELECT level, hex(first), boundary, count FROM "_bb_count.things.by_rank" WHERE boundary <> \'\' ORDER BY level, first';
      expect(followed.read(runs)).toEqual(anew.read(runs));
    });
  });
});
