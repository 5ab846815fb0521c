/** The entry of `remote.js`: documents in a database elsewhere, of which every call brings the way along. */
import { DoorSql, RemoteStore } from '@betterbase/providers';
import type { StoreKind } from './engine-store.ts';

export const store: StoreKind = {
  open(_, database) {
    if (database === undefined) throw new Error('The call brought no way to the database along.');
    const sql = new DoorSql(database.door, database.dialect);
    return { store: new RemoteStore(sql, database.provider), use: ({ door }) => sql.use(door) };
  },
};
