/** `.betterbase-context.json`: what a coding agent needs to know of an app before it writes code for it. */
import { join } from 'node:path';
import type { AppManifest, FunctionManifest, HttpRouteManifest, TableManifest } from '@betterbase/protocol';
import type { AppFolder } from '../workspace/app-folder.ts';
import { isRecord } from '../json/is-record.ts';
import { readJson } from '../json/parse-json.ts';
import { typeText } from './type-text.ts';
import { writeIfChanged } from './write-generated.ts';

export interface AppContext {
  readonly version: string;
  readonly generated_at: string;
  readonly tables: Readonly<Record<string, TableContext>>;
  readonly routes: readonly RouteContext[];
  readonly functions: readonly FunctionContext[];
  readonly rls_policies: readonly never[];
  readonly graphql_schema: null;
  readonly graphql_endpoint: null;
  readonly hasIaCLayer: true;
  readonly ai_prompt: string;
}

export interface TableContext {
  readonly columns: Readonly<Record<string, ColumnContext>>;
  readonly indexes: TableManifest['indexes'];
}

export interface ColumnContext {
  readonly type: string;
  readonly optional: boolean;
}

export interface RouteContext {
  readonly method: string;
  readonly path: string;
}

export interface FunctionContext {
  readonly path: string;
  /** How code refers to it. */
  readonly reference: string;
  readonly kind: FunctionManifest['kind'];
  readonly visibility: FunctionManifest['visibility'];
  readonly args: string;
  readonly returns: string;
}

const formatVersion = '1.0.0';

export function describeApp(manifest: AppManifest, generatedAt: string): AppContext {
  const context = {
    version: formatVersion,
    generated_at: generatedAt,
    tables: Object.fromEntries(manifest.schema.tables.map((table) => [table.name, describeTable(table)])),
    routes: manifest.routes.map(describeRoute),
    functions: manifest.functions.map(describeFunction),
    rls_policies: [],
    graphql_schema: null,
    graphql_endpoint: null,
    hasIaCLayer: true,
  } as const;
  return { ...context, ai_prompt: prompt(context) };
}

/** Writes the file unless only its time would change. Returns true if it was written. */
export async function writeContextFile(app: AppFolder, manifest: AppManifest): Promise<boolean> {
  const path = join(app.root, '.betterbase-context.json');
  const current = await readJson(path);
  const sameTime = isRecord(current) && typeof current['generated_at'] === 'string' ? current['generated_at'] : '';
  if (JSON.stringify(describeApp(manifest, sameTime)) === JSON.stringify(current)) return false;
  return writeIfChanged(path, `${JSON.stringify(describeApp(manifest, new Date().toISOString()), null, 2)}\n`);
}

function describeTable(table: TableManifest): TableContext {
  const fields = table.document.type === 'object' ? Object.entries(table.document.value) : [];
  const columns: Record<string, ColumnContext> = {};
  for (const [name, { fieldType, optional }] of fields) columns[name] = { type: typeText(fieldType), optional };
  return { columns, indexes: table.indexes };
}

function describeRoute(route: HttpRouteManifest): RouteContext {
  return { method: route.method, path: `/http${route.path ?? `${route.pathPrefix ?? '/'}*`}` };
}

function describeFunction({ path, kind, visibility, args, returns }: FunctionManifest): FunctionContext {
  const root = visibility === 'public' ? 'api' : 'internal';
  const reference = [root, ...path.split(/[/:]/)].reduce(
    (text, part) => text + (/^[A-Za-z_$][\w$]*$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`),
  );
  return {
    path,
    reference,
    kind,
    visibility,
    args: args === null ? 'any' : typeText(args),
    returns: returns === null ? 'any' : typeText(returns),
  };
}

function prompt({ tables, functions, routes }: Pick<AppContext, 'tables' | 'functions' | 'routes'>): string {
  const tableLines = Object.entries(tables).map(([name, table]) => {
    const columns = Object.entries(table.columns).map(([column, { type, optional }]) => `${column}${optional ? '?' : ''}: ${type}`);
    const indexes = table.indexes.map((index) => index.name);
    return `- ${name} { ${columns.join('; ')} }${indexes.length === 0 ? '' : `, indexes: ${indexes.join(', ')}`}`;
  });
  const functionLines = functions.map(
    (one) => `- ${one.visibility === 'internal' ? 'internal ' : ''}${one.kind} ${one.reference}(${one.args}): ${one.returns}`,
  );
  return [
    'This is a BetterBase app. The backend is the folder betterbase/: schema.ts, and modules of functions where one export is one function.',
    'Import query, mutation, action and their internal forms from betterbase/_generated/server, api and internal from betterbase/_generated/api, and v, defineSchema, defineTable, AppError from @betterbase/core.',
    'Queries and mutations are deterministic and have no network; they read and write through ctx.db. Every document has _id and _creationTime. Read by index with ctx.db.query(table).withIndex(name, (q) => q.eq(field, value)). Actions may fetch and reach data through ctx.runQuery and ctx.runMutation.',
    'After changing functions run `bb codegen` (or keep `bb dev` running) and check types with tsc.',
    `Tables:\n${tableLines.join('\n') || '- none'}`,
    `Functions:\n${functionLines.join('\n') || '- none'}`,
    `HTTP routes:\n${routes.map((route) => `- ${route.method} ${route.path}`).join('\n') || '- none'}`,
  ].join('\n\n');
}
