import { count, pagination, policies, search, vectors } from './large.ts';
import { fanOut } from './fan-out.ts';
import { keyed, manyWatchers } from './keyed.ts';
import { httpQuery, socketQuery } from './query.ts';
import { rowsWritten } from './rows-written.ts';
import type { Workload } from './workload.ts';
import { httpWrite, socketWrite } from './write.ts';

/** In the order they run. What grows the tables comes last, so that the queries see what was filled in. */
export const workloads: readonly Workload[] = [
  httpQuery,
  socketQuery,
  fanOut,
  keyed,
  manyWatchers,
  rowsWritten,
  pagination,
  count,
  policies,
  search,
  vectors,
  httpWrite,
  socketWrite,
];
