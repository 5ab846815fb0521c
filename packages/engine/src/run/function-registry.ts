import { BetterBaseError, functionDefinition, nameFunction, parseFunctionPath } from '@betterbase/core';
import type { FunctionManifest } from '@betterbase/protocol';
import type { AppFunction, CallableKind } from './app-function.ts';
import { schedulerFunctions } from '../schedule/scheduler-functions.ts';
import type { AppModule } from './app-module.ts';
import { systemFunctions } from './system-functions.ts';

export type { AppFunction, CallableKind } from './app-function.ts';

/** The app's functions by canonical path. */
export class FunctionRegistry {
  readonly #functions = new Map<string, AppFunction>();

  constructor(app: Pick<AppModule, 'modules'>) {
    for (const [modulePath, exports] of Object.entries(app.modules)) {
      for (const [exportName, value] of Object.entries(exports)) {
        const definition = functionDefinition(value);
        if (typeof value !== 'function' || definition === null || definition.kind === 'http') continue;
        const path = parseFunctionPath(`${modulePath}:${exportName}`);
        // So that ctx.runQuery(list, …) takes the function itself as its reference.
        nameFunction(value, path);
        this.#functions.set(path, { path, definition: { ...definition, kind: definition.kind } });
      }
    }
  }

  /** @throws BetterBaseError `function/not-found`, `function/wrong-kind` */
  find(path: string, kind: CallableKind, reach: 'public' | 'any'): AppFunction {
    const found = this.#functions.get(path) ?? systemFunctions.get(path) ?? schedulerFunctions.get(path);
    if (found === undefined || (reach === 'public' && found.definition.visibility === 'internal')) throw this.#notFound(path, reach);
    if (found.definition.kind !== kind) {
      throw new BetterBaseError(
        'function/wrong-kind',
        `\`${path}\` is ${article(found.definition.kind)}, and was called as ${article(kind)}.`,
        {
          hint: `Call it as ${article(found.definition.kind)}.`,
        },
      );
    }
    return found;
  }

  /** @throws BetterBaseError `function/not-found`, `function/wrong-kind` */
  findSchedulable(path: string): AppFunction {
    const found = this.#functions.get(path);
    if (found === undefined) throw this.#notFound(path, 'any');
    if (found.definition.kind !== 'query') return found;
    throw new BetterBaseError('function/wrong-kind', `\`${path}\` is a query, and only mutations and actions run by themselves.`, {
      hint: 'Schedule a mutation or an action.',
    });
  }

  kindOf(path: string): CallableKind | null {
    return this.#functions.get(path)?.definition.kind ?? null;
  }

  manifest(): FunctionManifest[] {
    return [...this.#functions.values()].map(({ path, definition }) => ({
      path,
      kind: definition.kind,
      visibility: definition.visibility,
      args: definition.args?.json ?? null,
      returns: definition.returns?.json ?? null,
    }));
  }

  #notFound(path: string, reach: 'public' | 'any'): BetterBaseError {
    const known = [...this.#functions.values()]
      .filter(({ definition }) => reach === 'any' || definition.visibility === 'public')
      .map((each) => each.path);
    const name = path.slice(path.lastIndexOf(':') + 1);
    const alike = known.filter((each) => each.endsWith(`:${name}`)).slice(0, 3);
    const hint =
      alike.length > 0
        ? `Did you mean ${alike.map((each) => `\`${each}\``).join(' or ')}?`
        : known.length === 0
          ? 'The app has no public functions yet: export one from betterbase/queries or betterbase/mutations.'
          : 'A path is the module, a colon and the export, as in `queries/todos:list`. Is the newest version deployed?';
    return new BetterBaseError('function/not-found', `Function not found: ${path}`, { hint });
  }
}

function article(kind: CallableKind): string {
  return kind === 'action' ? 'an action' : `a ${kind}`;
}
