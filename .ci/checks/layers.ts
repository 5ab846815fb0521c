/**
 * Checks that code imports downwards only, by name, and nothing that its manifest does not name.
 *
 * Circles between files are the linter's (`import/no-cycle`, types included); between packages they cannot be, because
 * the table has none. Tests may import any room, but by name too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { type Import, importsOf } from '../source/imports-of.ts';
import { isTest, sourceFiles } from '../source/source-files.ts';
import { layers, type Room, wiring } from './layer-table.ts';
import type { Problem } from './problem.ts';

export function checkLayers(root: string): readonly Problem[] {
  const manifests = new Manifests(root);
  return sourceFiles(root).flatMap((file) => {
    const room = roomOf(file);
    const rules = layers[room];
    if (rules === undefined)
      return isUnruled(file) ? [] : [{ file, text: `is in no room of the layer table (.ci/checks/layer-table.ts).` }];
    return importsOf(file, readFileSync(join(root, file), 'utf8')).flatMap((found) => {
      const text = problemWith(file, room, rules, found, manifests);
      return text === null ? [] : [{ file, line: found.line, text }];
    });
  });
}

function problemWith(file: string, room: string, rules: Room, found: Import, manifests: Manifests): string | null {
  const { specifier, typeOnly } = found;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier);
    const other = roomOf(target);
    if (other === room) return null;
    if (target.startsWith('packages/')) return `reaches into another package by path. Write @betterbase/${other}.`;
    return layerProblem(file, room, rules, other, typeOnly);
  }
  if (/^[a-z]+:/.test(specifier)) {
    const allowed = isTest(file) || isTool(file) || (rules.platform ?? []).some((prefix) => specifier.startsWith(prefix));
    return allowed ? null : `${room} is free of platforms and imports ${specifier}.`;
  }
  const name = packageName(specifier);
  const undeclared = manifests.names(file, name) ? null : `imports ${name}, which ${manifests.pathFor(file)} does not name.`;
  if (!name.startsWith('@betterbase/')) return undeclared;
  return layerProblem(file, room, rules, name.slice('@betterbase/'.length), typeOnly) ?? undeclared;
}

function layerProblem(file: string, room: string, rules: Room, other: string, typeOnly: boolean): string | null {
  if (other === room || isTest(file) || rules.sees.includes(other)) return null;
  const seesTypes = (rules.seesTypesOf ?? []).includes(other);
  if (seesTypes && (typeOnly || wiring.some((path) => path === file))) return null;
  if (seesTypes) return `${room} may import types of ${other} only. Write \`import type\`.`;
  return `${room} may not import ${other}. It sees: ${rules.sees.join(', ') || 'nothing'}.`;
}

/** A package's name, or the top-level folder. */
function roomOf(path: string): string {
  const [top = '', name = ''] = path.split('/');
  return top === 'packages' ? name : top;
}

/** The repository's own checks and the configurations at the root may use what they need. */
function isUnruled(file: string): boolean {
  return file.startsWith('.ci/') || !file.includes('/');
}

/** Runs on a developer's machine although its room does not: `vite.config.ts`, `drizzle.config.ts`. */
function isTool(file: string): boolean {
  return file.endsWith('.config.ts');
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** What each package.json names. What never ships may also use what the root names. */
class Manifests {
  readonly #root: string;
  readonly #named = new Map<string, ReadonlySet<string>>();

  constructor(root: string) {
    this.#root = root;
  }

  names(file: string, dependency: string): boolean {
    if (this.#read(this.pathFor(file)).has(dependency)) return true;
    const neverShips = isTest(file) || isTool(file) || file.startsWith('packages/testing/');
    if (dependency.startsWith('@betterbase/')) return neverShips || !file.startsWith('packages/');
    return neverShips && this.#read('package.json').has(dependency);
  }

  /** The nearest package.json above a file. */
  pathFor(file: string): string {
    const folder = dirname(file);
    const path = posix.join(folder, 'package.json');
    return folder === '.' || existsSync(join(this.#root, path)) ? path : this.pathFor(folder);
  }

  #read(path: string): ReadonlySet<string> {
    const known = this.#named.get(path);
    if (known !== undefined) return known;
    const manifest: unknown = JSON.parse(readFileSync(join(this.#root, path), 'utf8'));
    const kinds = ['dependencies', 'peerDependencies', 'devDependencies', 'optionalDependencies'];
    // A package may import its own entry by name: one entry may be bundled apart from the others.
    const own = isRecord(manifest) && typeof manifest['name'] === 'string' ? [manifest['name']] : [];
    const named = new Set([...own, ...kinds.flatMap((kind) => keysAt(manifest, kind))]);
    this.#named.set(path, named);
    return named;
  }
}

function keysAt(manifest: unknown, kind: string): readonly string[] {
  const part = isRecord(manifest) ? manifest[kind] : null;
  return isRecord(part) ? Object.keys(part) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
