import { BetterBaseError } from '@betterbase/core';
import { eq, inArray } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { projects } from '../../migrations/schema.ts';
import { assertProjectName } from './project-stub.ts';

export interface ListedProject {
  readonly slug: string;
  readonly name: string;
  /** ms since 1970 */
  readonly createdAt: number;
  /** ms since 1970; null: not yet */
  readonly deployedAt: number | null;
  /** Where it was asked to be; null: nearest to who came first. */
  readonly region: string | null;
  /** ms since 1970; null: it is open */
  readonly suspendedAt: number | null;
  /** Origins whose pages may call it; null: all. */
  readonly allowedOrigins: string[] | null;
}

/** `only` null: all of them. */
export async function listProjects(database: D1Database, only: readonly string[] | null): Promise<readonly ListedProject[]> {
  return await drizzle(database)
    .select()
    .from(projects)
    .where(only === null ? undefined : inArray(projects.slug, [...only]))
    .orderBy(projects.slug);
}

export async function findProject(database: D1Database, slug: string): Promise<ListedProject | null> {
  const [project] = await listProjects(database, [slug]);
  return project ?? null;
}

/** @throws BetterBaseError `project/bad-name`, `project/not-found` */
export async function assertProject(database: D1Database, slug: string): Promise<void> {
  assertProjectName(slug);
  if ((await findProject(database, slug)) !== null) return;
  throw new BetterBaseError('project/not-found', `There is no project \`${slug}\` here.`, { hint: 'Deploy it with `bb deploy`.' });
}

/** Puts the project on the list, or notes that it was deployed again. */
export async function recordDeployment(database: D1Database, slug: string, now: number): Promise<void> {
  await drizzle(database)
    .insert(projects)
    .values({ slug, name: slug, createdAt: now, deployedAt: now })
    .onConflictDoUpdate({ target: projects.slug, set: { deployedAt: now } });
}

export function addProject(database: DrizzleD1Database, project: ListedProject) {
  return database.insert(projects).values(project);
}

export function changeProject(
  database: DrizzleD1Database,
  slug: string,
  change: Partial<Pick<ListedProject, 'name' | 'suspendedAt' | 'allowedOrigins'>>,
) {
  return database.update(projects).set(change).where(eq(projects.slug, slug));
}

export function dropProject(database: DrizzleD1Database, slug: string) {
  return database.delete(projects).where(eq(projects.slug, slug));
}
