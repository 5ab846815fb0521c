import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';

/** Where the engine stands; rebuilt by every migration. */
export interface Standing {
  version: number;
  deployment: string | null;
  schema: NormalizedSchema;
  catalog: TableCatalog;
  readonly times: TimeSource;
  /** Whether the runs of cron jobs are known to be those of this app. */
  hasCrons: boolean;
}
