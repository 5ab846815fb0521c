import type { AnswerOf } from '@betterbase/protocol/admin';

type Health = AnswerOf<'GET /admin/instance/health'>['health'];

export interface HealthParts {
  readonly database: Pick<D1Database, 'prepare'>;
  /** ms since 1970 */
  readonly since: number;
  readonly now: () => number;
}

/** What does not answer is told, too: never fails. */
export async function measureHealth({ database, since, now }: HealthParts): Promise<Health> {
  const began = now();
  const status = await database
    .prepare('SELECT count(*) FROM projects')
    .first()
    .then(
      () => 'ok' as const,
      () => 'error' as const,
    );
  return {
    database: { status, latency_ms: now() - began },
    server: { status: 'ok', uptime_seconds: Math.floor((now() - since) / 1000) },
  };
}
