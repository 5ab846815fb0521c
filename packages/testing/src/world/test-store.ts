import { DatabaseSync } from 'node:sqlite';
import { EmbeddedStore, nodeDisk } from '@betterbase/providers';

/** A fresh embedded store on SQLite in memory. */
export function testStore(): EmbeddedStore {
  return new EmbeddedStore(nodeDisk(new DatabaseSync(':memory:')));
}
