import type { EngineParts } from '@betterbase/engine';
import type { PassedDatabase } from '@betterbase/providers';

/** A kind of place where documents rest, as the engine's object opens it. An isolate has the code of one. */
export interface StoreKind {
  /**
   * @param storage the object's own
   * @param database where documents rest elsewhere: the way there, good for the first call
   */
  open(storage: DurableObjectStorage, database: PassedDatabase | undefined): OpenedStore;
}

export interface OpenedStore {
  readonly store: EngineParts['store'];
  /** From now on by this way. Calls are carried out in the order they come, so the newest is open longest. */
  use(database: PassedDatabase): void;
}
