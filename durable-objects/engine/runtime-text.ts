/**
 * The built runtime as one text: what of the platform shares an isolate with a project's code, as several modules. The
 * first line says where each begins, so that the others need no escaping and are cut out only where they are loaded.
 */

/** What an isolate can be asked to have. */
export type RuntimePart = 'runtime' | 'engine' | 'edge' | 'embedded' | 'remote';

export interface Runtime {
  /** Different for every build whose modules differ. */
  readonly print: string;
  /** The modules of some parts, by the names they import each other by. */
  modulesOf(...parts: readonly RuntimePart[]): Readonly<Record<string, string>>;
}

/** The first line. */
interface RuntimeIndex {
  readonly print: string;
  /** Each with its characters, in order. */
  readonly modules: readonly (readonly [name: string, length: number])[];
  /** The modules that a part imports, itself among them. */
  readonly parts: Readonly<Record<RuntimePart, readonly string[]>>;
}

let known: { readonly text: string; readonly runtime: Runtime } | null = null;

/** @param text what the platform's build made. An isolate only ever sees one. */
export function decodeRuntime(text: string): Runtime {
  if (known?.text === text) return known.runtime;
  const runtime = read(text);
  known = { text, runtime };
  return runtime;
}

function read(text: string): Runtime {
  const firstLine = text.indexOf('\n');
  const { print, modules, parts } = JSON.parse(text.slice(0, firstLine)) as RuntimeIndex;
  const places = new Map<string, readonly [start: number, end: number]>();
  let start = firstLine + 1;
  for (const [name, length] of modules) {
    places.set(name, [start, start + length]);
    start += length;
  }
  const textOf = (name: string): string => text.slice(...(places.get(name) ?? [0, 0]));
  return {
    print,
    modulesOf: (...wanted) => Object.fromEntries([...new Set(wanted.flatMap((part) => parts[part]))].map((name) => [name, textOf(name)])),
  };
}
