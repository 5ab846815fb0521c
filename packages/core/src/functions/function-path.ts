import { BetterBaseError } from '../errors/betterbase-error.ts';

declare const canonical: unique symbol;

/** The name of a function in its canonical form: `queries/todos:list`. */
export type FunctionPath = string & { readonly [canonical]: true };

const segment = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;
const exportName = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
const longest = 1024;

/**
 * The canonical form of a function's path. `queries/todos/list` is read as `queries/todos:list`, and `todos` as
 * `todos:default`; a file extension is dropped.
 *
 * @throws BetterBaseError `function/bad-path`
 */
export function parseFunctionPath(text: string): FunctionPath {
  const [module, name] = split(text.startsWith('/') ? text.slice(1) : text);
  const segments = module.replace(/\.(?:[cm]?[jt]s|[jt]sx)$/, '').split('/');
  if (text.length > longest || !segments.every((each) => segment.test(each)) || !exportName.test(name)) throw badPath(text);
  return `${segments.join('/')}:${name}` as FunctionPath;
}

/**
 * Every function that a text can mean, likeliest first: `queries/todos` is the export `todos` of `queries.ts`, or the
 * default export of `queries/todos.ts`. Which of them exists is for the reader to find out.
 *
 * @throws BetterBaseError `function/bad-path`
 */
export function functionPathCandidates(text: string): readonly FunctionPath[] {
  const first = parseFunctionPath(text);
  if (text.includes(':') || first.endsWith(':default')) return [first];
  return [first, parseFunctionPath(`${text}:default`)];
}

function split(text: string): [module: string, name: string] {
  const colon = text.lastIndexOf(':');
  if (colon >= 0) return [text.slice(0, colon), text.slice(colon + 1)];
  const slash = text.lastIndexOf('/');
  return slash < 0 ? [text, 'default'] : [text.slice(0, slash), text.slice(slash + 1)];
}

function badPath(text: string): BetterBaseError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new BetterBaseError('function/bad-path', `${JSON.stringify(shown)} is not the path of a function.`, {
    hint: 'A path is a module, a colon and an export: `queries/todos:list`.',
  });
}
