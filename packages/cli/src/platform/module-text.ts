/** Writes several modules as one text; `durable-objects/engine/module-text.ts` reads it. */
import { createHash } from 'node:crypto';

/** @param parts the modules that each part imports, itself among them */
export function moduleText(modules: ReadonlyMap<string, string>, parts: Readonly<Record<string, readonly string[]>>): string {
  const print = createHash('sha256');
  for (const [name, text] of modules) print.update(`${name}\n${text}`);
  const index = { print: print.digest('hex').slice(0, 16), modules: [...modules].map(([name, { length }]) => [name, length]), parts };
  return [`${JSON.stringify(index)}\n`, ...modules.values()].join('');
}
