/** What is asked of large tables. `number` makes each question one that was not asked before. */
export type LargeJob =
  | { readonly do: 'fill'; readonly table: LargeTable; readonly from: number; readonly count: number }
  | { readonly do: 'page'; readonly cursor: string | null; readonly items: number; readonly number: number }
  | { readonly do: 'count'; readonly table: 'fewRows' | 'someRows' | 'manyRows'; readonly room: string; readonly number: number }
  | { readonly do: 'seen'; readonly number: number }
  | { readonly do: 'search'; readonly words: string; readonly number: number }
  | { readonly do: 'nearest'; readonly table: VectorTable; readonly number: number };

export type VectorTable = 'fewVectors' | 'manyVectors' | 'fewVectorsNear' | 'manyVectorsNear';
export type LargeTable = 'fewRows' | 'someRows' | 'manyRows' | 'guardedRows' | 'texts' | VectorTable;
