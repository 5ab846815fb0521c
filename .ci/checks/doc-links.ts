/** Checks that what the documents point to is there: other documents, their headings, and places of the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { Problem } from './problem.ts';

const link = /\]\(([^)\s]+)\)/g;
const place = /`((?:packages|workers|durable-objects|docs|migrations|examples|bench|dashboard|\.ci)\/[\w./-]*)`/g;

export function checkDocLinks(root: string): readonly Problem[] {
  const documents = [
    'README.md',
    ...readdirSync(posix.join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ].filter((file) => existsSync(posix.join(root, file)));
  const headings = new Map(documents.map((file) => [file, headingsOf(read(root, file))]));
  return documents.flatMap((file) =>
    read(root, file)
      .split('\n')
      .flatMap((text, index) =>
        [
          ...[...text.matchAll(link)].flatMap(([, target = '']) => deadLink(root, file, target, headings)),
          ...[...text.matchAll(place)].flatMap(([, path = '']) =>
            existsSync(posix.join(root, path)) ? [] : [`\`${path}\` is not there.`],
          ),
        ].map((problem) => ({ file, line: index + 1, text: problem })),
      ),
  );
}

function deadLink(root: string, file: string, target: string, headings: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  if (/^[a-z]+:/.test(target)) return [];
  const [path = '', anchor] = target.split('#');
  const named = path === '' ? file : posix.join(posix.dirname(file), path);
  if (!existsSync(posix.join(root, named))) return [`The link to ${target} leads nowhere.`];
  return anchor === undefined || headings.get(named)?.has(anchor) !== false ? [] : [`${named} has no heading #${anchor}.`];
}

/** As they stand in addresses. */
function headingsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function read(root: string, file: string): string {
  return readFileSync(posix.join(root, file), 'utf8');
}
