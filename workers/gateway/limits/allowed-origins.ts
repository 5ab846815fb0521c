import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { projects } from '../../../migrations/schema.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { settingsOf } from '../settings/read-settings.ts';

/** So long an isolate goes on as it was told before, ms. */
const patience = 5_000;
const mostProjects = 1_000;

interface Known {
  readonly origins: Promise<readonly string[]>;
  readonly until: number;
}

const known = new WeakMap<D1Database, Map<string, Known>>();

/**
 * Origins whose pages may call a project; none: all. As it was at most a few seconds ago: what is older is asked for anew beside
 * the request, which does not wait for it.
 */
export async function originsOf({ env, executionCtx }: GatewayContext, project: string): Promise<readonly string[]> {
  const { DB } = env;
  const now = Date.now();
  const ofDatabase = known.get(DB) ?? new Map<string, Known>();
  known.set(DB, ofDatabase);
  const kept = ofDatabase.get(project);
  if (kept !== undefined && kept.until > now) return await kept.origins;
  const asked = readOrigins(env, project);
  if (ofDatabase.size >= mostProjects) ofDatabase.clear();
  if (kept === undefined) {
    // It keeps pages out that do nothing which others could not do as well: it is no reason to keep everybody out.
    const origins = asked.catch(() => []);
    ofDatabase.set(project, { origins, until: now + patience });
    return await origins;
  }
  ofDatabase.set(project, { origins: kept.origins, until: now + patience });
  executionCtx.waitUntil(
    asked.then(
      (origins) => void ofDatabase.set(project, { origins: Promise.resolve(origins), until: Date.now() + patience }),
      () => {},
    ),
  );
  return await kept.origins;
}

/** They were changed here. */
export function forgetOrigins({ env: { DB } }: GatewayContext, project: string): void {
  known.get(DB)?.delete(project);
}

/** The project's own, or those of the installation's setting `cors_origins`. */
async function readOrigins(env: GatewayContext['env'], project: string): Promise<readonly string[]> {
  const query = drizzle(env.DB).select({ origins: projects.allowedOrigins }).from(projects).where(eq(projects.slug, project)).limit(1);
  const [row] = await query;
  return row?.origins ?? (await settingsOf(env)).cors_origins;
}
