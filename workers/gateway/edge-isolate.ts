import { BetterBaseError } from '@betterbase/core';
import type { EdgeDoor } from '@betterbase/engine';
import runtimeText from '../../durable-objects/engine/dist/runtime.txt';
import { isolateName } from '../../durable-objects/engine/isolate-name.ts';
import { edgeModules } from '../../durable-objects/engine/modules.ts';
import { decodeRuntime } from '../../durable-objects/engine/runtime-text.ts';
import { guestEnv } from '../../durable-objects/project/environment/guest-env.ts';
import type { CodeVersion, ProjectDoor } from '../../durable-objects/project/project-door.ts';
import { configOf, type Env } from './env.ts';

interface EdgeParts {
  readonly env: Env;
  readonly project: string;
  readonly code: CodeVersion;
  /** Asked for the app's code only when this machine has no isolate of the version yet. */
  readonly object: Pick<ProjectDoor, 'source'>;
  /** The Worker's own entrypoints, where the app is compiled in. */
  readonly exports: unknown;
}

/** A stateless isolate with the project's code, the network, and no data. @throws BetterBaseError `project/not-deployed` */
export function edgeIsolate({ env, project, code, object, exports }: EdgeParts): EdgeDoor {
  const { host } = configOf(env);
  if (host === 'static') return compiledIn(exports);
  if (env.LOADER === undefined)
    throw new BetterBaseError('engine/unavailable', 'This installation has no Worker Loader.', {
      hint: 'Bind LOADER in wrangler.toml, or compile one app in with `bb build --static`.',
    });
  const runtime = decodeRuntime(runtimeText);
  const worker = env.LOADER.get(isolateName({ project, code, role: 'edge' }, runtime), async () => {
    const source = await object.source(code);
    if (source === null) throw new BetterBaseError('project/not-deployed', `Deployment ${code.deployment} of \`${project}\` is not kept.`);
    const { compatibilityFlags, modules, ...rest } = edgeModules(runtime, source.app);
    return {
      ...rest,
      compatibilityFlags: [...compatibilityFlags],
      modules: { ...modules },
      env: guestEnv(env, project, source.values),
    };
  });
  return worker.getEntrypoint('Edge') as unknown as EdgeDoor;
}

function compiledIn(exports: unknown): EdgeDoor {
  return (exports as { readonly Edge: EdgeDoor }).Edge;
}
