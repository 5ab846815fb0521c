/** The entry of `remote.js`: documents in a database elsewhere, of which every call brings the way along. */
import { DoorSql, durableObjectDisk, RemoteStore } from '@betterbase/providers';
import type { StoreKind } from './engine-store.ts';

export const store: StoreKind = {
  open(storage, database) {
    if (database === undefined) throw new Error('The call brought no way to the database along.');
    const sql = new DoorSql(database.door, database.dialect);
    const store = new RemoteStore({ sql, provider: database.provider, disk: durableObjectDisk(storage) });
    return { store, use: ({ door }) => sql.use(door) };
  },
};
