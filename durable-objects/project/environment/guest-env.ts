import type { RuntimeEnv } from '../../engine/runtime-env.ts';
import type { ProjectEnv } from '../project-env.ts';

/** What a project's isolates get to know: its own values, and where it is. Nothing else is secret: project code can read all of it. */
export function guestEnv(
  { BB_DEV, PUBLIC_URL }: Pick<ProjectEnv, 'BB_DEV' | 'PUBLIC_URL'>,
  project: string,
  values: Readonly<Record<string, string>>,
): RuntimeEnv {
  return {
    ...(BB_DEV === '1' ? { BB_DEV: '1' } : {}),
    BB_PROJECT: project,
    VALUES: { ...values, ...(PUBLIC_URL === undefined ? {} : addresses(`${PUBLIC_URL}/p/${project}`)) },
  };
}

/** Convex's names for it, and ours. */
function addresses(url: string): Readonly<Record<string, string>> {
  return { BETTERBASE_URL: url, CONVEX_CLOUD_URL: url, CONVEX_SITE_URL: `${url}/http` };
}
