/** How much of everything. Counts, not durations: a slow system takes longer, it does not do less. */
export interface Scale {
  readonly rounds: number;
  readonly lists: number;
  readonly rowsPerList: number;
  readonly lanes: number;
  readonly repeatedQueries: number;
  readonly writes: number;
  readonly serialWrites: number;
  /** In each place that documents rest in. */
  readonly providerLists: number;
  readonly watchers: number;
  readonly updates: number;
  readonly fewWatchers: number;
  readonly manyWatchers: number;
  readonly saves: number;
  /** Rows that are counted; the middle ones are read in pages too. */
  readonly fewRows: number;
  readonly someRows: number;
  readonly manyRows: number;
  readonly texts: number;
  readonly fewVectors: number;
  readonly manyVectors: number;
  /** Questions to large tables: so many where each is slow, several times as many where each is quick. */
  readonly largeQueries: number;
}

export const fullScale: Scale = {
  rounds: 5,
  lists: 1000,
  rowsPerList: 50,
  lanes: 32,
  repeatedQueries: 10_000,
  writes: 5000,
  serialWrites: 1000,
  providerLists: 200,
  watchers: 1000,
  updates: 30,
  fewWatchers: 100,
  manyWatchers: 10_000,
  saves: 15,
  fewRows: 1_000,
  someRows: 100_000,
  manyRows: 1_000_000,
  texts: 100_000,
  fewVectors: 10_000,
  manyVectors: 100_000,
  largeQueries: 20,
};

/** Enough to see the shape of the figures while working on something. */
export const quickScale: Scale = {
  ...fullScale,
  rounds: 2,
  repeatedQueries: 4000,
  writes: 2000,
  serialWrites: 300,
  providerLists: 60,
  updates: 10,
  manyWatchers: 2000,
  saves: 5,
  someRows: 20_000,
  manyRows: 100_000,
  texts: 20_000,
  fewVectors: 2_000,
  manyVectors: 20_000,
  largeQueries: 10,
};

/** Enough to see that every workload runs. */
export const smokeScale: Scale = {
  rounds: 1,
  lists: 8,
  rowsPerList: 5,
  lanes: 4,
  repeatedQueries: 40,
  writes: 24,
  serialWrites: 5,
  providerLists: 3,
  watchers: 8,
  updates: 3,
  fewWatchers: 2,
  manyWatchers: 12,
  saves: 2,
  fewRows: 100,
  someRows: 1_500,
  manyRows: 1_500,
  texts: 300,
  fewVectors: 100,
  manyVectors: 400,
  largeQueries: 2,
};
