import { BetterBaseError } from '@betterbase/core';
import type { ProjectDoor } from '../../durable-objects/project/project-door.ts';
import type { Env } from './env.ts';

/** The project's object as the gateway sees it. */
export type ProjectStub = ProjectDoor & { fetch(request: Request): Promise<Response> };

const projectName = /^[a-z][a-z0-9-]{0,62}$/;

/** @throws BetterBaseError `project/bad-name` */
export function projectStub(env: Pick<Env, 'PROJECT'>, name: string, region?: DurableObjectLocationHint): ProjectStub {
  assertProjectName(name);
  // The platform's own type of a stub would be worked out from every method's result, deeper than the compiler goes.
  const stub: unknown = env.PROJECT.getByName(name, region === undefined ? {} : { locationHint: region });
  return stub as ProjectStub;
}

/** @throws BetterBaseError `project/bad-name` */
export function assertProjectName(name: string): void {
  if (projectName.test(name)) return;
  throw new BetterBaseError('project/bad-name', `${JSON.stringify(name.slice(0, 80))} cannot be the name of a project.`, {
    hint: 'A name starts with a letter and goes on with lower-case letters, digits and dashes, at most 63 in all.',
  });
}
