/**
 * What each place of documents can do, how, and what it cannot, and why: one table for the docs, for the suites that prove it,
 * and for what is refused when an app is deployed.
 *
 * Always true: each line but the last is proven by a suite, which every place passes unless `lacks` names it.
 */
import type { ProviderManifest } from './provider-manifest.ts';

/** Places that differ in what they can do. */
export const storePlaces = ['embedded', 'd1', 'turso', 'neon'] as const;
export type StorePlace = (typeof storePlaces)[number];

export interface Capability {
  readonly title: string;
  /** Where it is not done as everywhere. */
  readonly how?: Partial<Record<StorePlace, string>>;
  /** Where it cannot be had, and the reason. */
  readonly lacks?: Partial<Record<StorePlace, string>>;
}

const asideAndInPlace = 'what is written anew is written aside, 100 documents a batch, and put in place by one batch';
const countsElsewhere = 'a whole table without a round trip; ranges by the index, also of counted indexes';
const fts5Elsewhere = 'FTS5; what the mutation has written itself is put into the index and taken back in the batch that searches';
const everyVector = 'exact: every vector of the table comes over, 2 MB a round trip';
const provenBeside =
  'what a statement would touch is said by tables like these, without rows, beside the engine; a statement is one round trip, and what it writes is taken back in it';
const keptBeside = 'what a commit takes away is kept beside the engine until the export ends';
const liveBeside = 'kept beside the engine with the version they stand for; all run again after a commit of somebody else';
const notedByTriggers = 'triggers note it; only what it touches runs again';
const waitAside =
  'what is sent waits in tables aside, and one batch puts it in place; of searched tables 10,000 documents at once, unless they are replaced';
const laidAside = 'changed documents are laid aside in tables there, and what commits change meanwhile is noted beside the engine';

export const capabilities = {
  documents: {
    title: 'documents, ranges, unique indexes; commits that are all or nothing, each once',
    how: { neon: 'a field or the key of an index has 2,700 bytes at most, as compressed' },
  },
  schema: {
    title: 'schema changes, renames, defaults, migration functions',
    how: { d1: asideAndInPlace, turso: asideAndInPlace, neon: asideAndInPlace },
  },
  counts: { title: 'counts', how: { d1: countsElsewhere, turso: countsElsewhere, neon: countsElsewhere } },
  search: {
    title: 'full text',
    how: {
      embedded: 'FTS5',
      d1: fts5Elsewhere,
      turso: fts5Elsewhere,
      neon: '`tsvector` and GIN, with the terms and scores of FTS5; a mutation’s own writes as with FTS5',
    },
  },
  vectors: {
    title: 'vectors',
    how: {
      d1: everyVector,
      turso: 'a vector index by libSQL’s own functions, exactly or along its graph of neighbours; otherwise every vector comes over',
      neon: 'a vector index by pgvector, where the server offers it, exactly or along HNSW; otherwise every vector comes over',
    },
  },
  sql: {
    title: '`ctx.db.execute`, `ctx.db.executeRows`, `ctx.db.drizzle`',
    how: { d1: provenBeside, turso: provenBeside },
    lacks: { neon: 'what a statement would touch is proven by SQLite, which does not read PostgreSQL’s SQL' },
  },
  snapshots: { title: 'exports', how: { d1: keptBeside, turso: keptBeside, neon: keptBeside } },
  imports: { title: 'imports', how: { d1: waitAside, turso: waitAside, neon: waitAside } },
  backfills: {
    title: 'large changes of the schema while the project serves',
    how: { d1: laidAside, turso: laidAside, neon: laidAside },
  },
  outside: {
    title: 'what other programs write is seen by who watches',
    how: { d1: notedByTriggers, turso: notedByTriggers, neon: notedByTriggers },
    lacks: { embedded: 'no other program opens the object’s database' },
  },
  kept: { title: 'live queries that outlive the engine’s memory', how: { d1: liveBeside, turso: liveBeside, neon: liveBeside } },
} as const satisfies Record<string, Capability>;

export type CapabilityName = keyof typeof capabilities;

/** What cannot be had in a place, with the reason. */
export function lacksOf(place: StorePlace): Partial<Record<CapabilityName, string>> {
  const lacking: Partial<Record<CapabilityName, string>> = {};
  for (const name of capabilityNames) {
    const { lacks }: Capability = capabilities[name];
    const reason = lacks?.[place];
    if (reason !== undefined) lacking[name] = reason;
  }
  return lacking;
}

/** The place of a provider's documents. */
export function storePlaceOf(type: ProviderManifest['type']): StorePlace {
  return type === 'postgres' || type === 'supabase' ? 'neon' : type;
}

export const capabilityNames = Object.keys(capabilities).filter(isCapability);

function isCapability(name: string): name is CapabilityName {
  return Object.hasOwn(capabilities, name);
}
