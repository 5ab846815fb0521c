/** What the switchboard asks of a back-fill, and gets back. Plain data. */
import type { AppManifest, BackfillProgress, WireError } from '@betterbase/protocol';
import type { BackfillBatch } from '../ports/backfill-store.ts';

/** Documents on their way to or from the code that has the migration functions. */
export interface BackfillParcel extends Omit<BackfillBatch, 'documents'> {
  /** The functions to run, in order. */
  readonly migrations: readonly string[];
  /** JSON text of encoded documents. */
  readonly documents: string;
}

export type BackfillRequest =
  /** Begins, if more documents than `above` would have to be changed at once. */
  | { readonly do: 'begin'; readonly deployment: string; readonly app: Pick<AppManifest, 'schema' | 'migrations'>; readonly above: number }
  /** Goes on, with what came back of the parcel before. */
  | { readonly do: 'step'; readonly deployment: string; readonly changed: BackfillParcel | null }
  /** Forgets it. */
  | { readonly do: 'drop' };

export type BackfillResult =
  | { readonly state: 'none' }
  | { readonly state: 'working'; readonly progress: BackfillProgress }
  | { readonly state: 'parcel'; readonly progress: BackfillProgress; readonly parcel: BackfillParcel }
  /** All but what is written from now on is ready. */
  | { readonly state: 'ready'; readonly progress: BackfillProgress }
  | { readonly state: 'refused'; readonly error: WireError };
