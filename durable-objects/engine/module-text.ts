/**
 * Several modules as one text: the first line says where each begins, so that the others need no escaping and are cut out only
 * where they are loaded.
 */

export interface ModuleText<Part extends string> {
  /** Different for every build whose modules differ. */
  readonly print: string;
  /** The modules of some parts, by the names they import each other by. */
  modulesOf(...parts: readonly Part[]): Readonly<Record<string, string>>;
}

/** The first line. */
interface ModuleIndex<Part extends string> {
  readonly print: string;
  /** Each with its characters, in order. */
  readonly modules: readonly (readonly [name: string, length: number])[];
  /** The modules that a part imports, at once or on demand, itself among them. */
  readonly parts: Readonly<Record<Part, readonly string[]>>;
}

/** Reads what the platform's build made. An isolate only ever sees one text of a kind: it is read once. */
export function moduleTextReader<Part extends string>(): (text: string) => ModuleText<Part> {
  let known: { readonly text: string; readonly modules: ModuleText<Part> } | null = null;
  return (text) => {
    if (known?.text === text) return known.modules;
    const modules = read<Part>(text);
    known = { text, modules };
    return modules;
  };
}

function read<Part extends string>(text: string): ModuleText<Part> {
  const firstLine = text.indexOf('\n');
  const { print, modules, parts } = JSON.parse(text.slice(0, firstLine)) as ModuleIndex<Part>;
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
