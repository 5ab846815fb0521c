/** Parts of a store whose code is loaded when they are first asked for something: most isolates never need it. */
import type { BackfillStore, ImportStore, SqlStore } from '@betterbase/engine';

export function laterSql(load: () => Promise<SqlStore>): SqlStore {
  const part = once(load);
  return {
    execute: async (statement) => await (await part()).execute(statement),
    explain: async (sql, params) => await (await part()).explain(sql, params),
  };
}

export function laterImports(load: () => Promise<ImportStore>): ImportStore {
  const part = once(load);
  return {
    begin: async (...plan) => await (await part()).begin(...plan),
    find: async (id) => await (await part()).find(id),
    stage: async (...documents) => await (await part()).stage(...documents),
    finish: async (id, commit) => await (await part()).finish(id, commit),
    drop: async (id) => await (await part()).drop(id),
  };
}

export function laterBackfills(load: () => Promise<BackfillStore>): BackfillStore {
  const part = once(load);
  return {
    begin: async (start) => await (await part()).begin(start),
    state: async () => await (await part()).state(),
    take: async (most) => await (await part()).take(most),
    layAside: async (batch) => await (await part()).layAside(batch),
    drop: async () => await (await part()).drop(),
  };
}

/** What could not be loaded is tried again. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | null = null;
  return async () => {
    loaded ??= load();
    try {
      return await loaded;
    } catch (failure) {
      loaded = null;
      throw failure;
    }
  };
}
