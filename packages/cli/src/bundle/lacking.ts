/**
 * What an app's code asks of where its documents rest, and that place cannot do: told before the app is deployed, with the place
 * in the code. Only what is written out is found (`ctx.db.execute(…)`); whatever else is refused when it is called.
 */
import { BetterBaseError, type ProviderManifest } from '@betterbase/core';
import { type CapabilityName, lacksOf, storePlaceOf } from '@betterbase/core/config';
import { type AnyNode, parse } from 'acorn';
import { AppSourceMap } from '../diagnostics/source-map.ts';
import type { BuildProblem } from './build-problem.ts';

/** Members of `ctx.db` by what they need. */
const needs: Readonly<Record<string, CapabilityName>> = { execute: 'sql', executeRows: 'sql', drizzle: 'sql' };
const mayNeed = new RegExp(`\\.db\\s*\\??\\.\\s*(?:${Object.keys(needs).join('|')})\\b`);

interface Use {
  readonly member: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** @throws BetterBaseError `provider/cannot`, naming every place */
export function refuseLacking({ app, map }: { readonly app: string; readonly map: string }, provider: ProviderManifest): void {
  const lacks = lacksOf(storePlaceOf(provider.type));
  const isNeeded = Object.values(needs).some((capability) => lacks[capability] !== undefined);
  if (!isNeeded || !mayNeed.test(app)) return;
  const sources = new AppSourceMap(map);
  const problems = usesIn(parse(app, { ecmaVersion: 'latest', sourceType: 'module', locations: true })).flatMap((use) => {
    const reason = lacks[needs[use.member] ?? 'documents'];
    return reason === undefined ? [] : [toProblem(use, provider.type, reason, sources)];
  });
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 1 ? ` And ${problems.length - 1} more.` : '';
  throw new BetterBaseError('provider/cannot', `${first.text} (${first.file}:${first.line}:${first.column})${more}`, {
    hint: 'Use ctx.db.query, or keep the documents where this can be done: docs/capabilities.md.',
    details: { problems },
  });
}

function toProblem({ member, line, column }: Use, type: string, reason: string, sources: AppSourceMap): BuildProblem {
  const { at, frame } = sources.explain(`at app.js:${line}:${column}`);
  const text = `\`ctx.db.${member}\` cannot be had over ${type}: ${reason}.`;
  return { text, file: at?.file ?? null, line: at?.line ?? 0, column: at?.column ?? 0, frame };
}

/** `ctx.db.<member>`, whatever `ctx` is called by a library. */
function usesIn(node: AnyNode): Use[] {
  const own = useAt(node);
  const children = Object.values(node).flatMap((value: unknown) => (Array.isArray(value) ? value : [value]).filter(isNode));
  return [...(own === null ? [] : [own]), ...children.flatMap(usesIn)];
}

function useAt(node: AnyNode): Use | null {
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return null;
  const { object, property } = node;
  const isOfDatabase =
    object.type === 'MemberExpression' &&
    !object.computed &&
    object.property.type === 'Identifier' &&
    object.property.name === 'db' &&
    object.object.type === 'Identifier' &&
    /^(?:ctx|context)\d*$/.test(object.object.name);
  if (!isOfDatabase || !Object.hasOwn(needs, property.name) || property.loc === null || property.loc === undefined) return null;
  return { member: property.name, line: property.loc.start.line, column: property.loc.start.column + 1 };
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
