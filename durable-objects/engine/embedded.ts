/** The entry of `embedded.js`: documents in the engine's own object. */
import { durableObjectDisk, EmbeddedStore } from '@betterbase/providers';
import type { StoreKind } from './engine-store.ts';

export const store: StoreKind = {
  open: (storage) => ({ store: new EmbeddedStore(durableObjectDisk(storage)), use: () => {} }),
};
