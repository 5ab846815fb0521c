import { DatabaseSync } from 'node:sqlite';
import { EmbeddedStore, nodeDisk } from '@betterbase/providers';
import { countedDisk, countedSql, fewRowsContract } from './few-rows.contract.ts';
import { SqliteElsewhere, storeElsewhere } from '../elsewhere/index.ts';

fewRowsContract('the embedded store', async (use) => {
  const counter = { rows: 0 };
  await use(new EmbeddedStore(countedDisk(nodeDisk(new DatabaseSync(':memory:')), counter)), counter);
});
fewRowsContract('a store over SQLite elsewhere', async (use) => {
  const counter = { rows: 0 };
  await use(storeElsewhere(countedSql(new SqliteElsewhere(new DatabaseSync(':memory:')), counter)), counter);
});
