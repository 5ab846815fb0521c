/**
 * `_generated` of an app in Convex's dialect: a `convex` folder. As Convex generates it, so that its types and those of
 * libraries are the ones of the package `convex`, which the app has installed. When it runs, none of that package is there.
 */
import type { AppModules } from '../bundle/function-modules.ts';
import { header, importFor } from './generated-text.ts';

/** By file name. */
export function convexFiles(modules: AppModules): ReadonlyMap<string, string> {
  return new Map([
    ['api.d.ts', apiTypes(modules)],
    ['api.js', convexApiModule],
    ['dataModel.d.ts', modules.schema === null ? untypedDataModel : dataModelFrom(modules.schema)],
    ['server.d.ts', serverTypes],
    ['server.js', convexServerModule],
  ]);
}

export const convexServerModule = `${header}import {
  actionGeneric,
  httpActionGeneric,
  internalActionGeneric,
  internalMutationGeneric,
  internalQueryGeneric,
  mutationGeneric,
  queryGeneric,
} from 'convex/server';

export const query = queryGeneric;
export const internalQuery = internalQueryGeneric;
export const mutation = mutationGeneric;
export const internalMutation = internalMutationGeneric;
export const action = actionGeneric;
export const internalAction = internalActionGeneric;
export const httpAction = httpActionGeneric;
export const env = globalThis.process?.env ?? {};
`;

export const convexApiModule = `${header}import { anyApi, componentsGeneric } from 'convex/server';

export const api = anyApi;
export const internal = anyApi;
export const components = componentsGeneric();
`;

function apiTypes({ functions, http }: AppModules): string {
  const all = [...functions, ...(http === null ? [] : [{ path: 'http', file: http }])];
  const entries = all.map(({ path, file }) => `  ${JSON.stringify(path)}: typeof import(${JSON.stringify(importFor(file))});\n`);
  return `${header}import type { ApiFromModules, FilterApi, FunctionReference } from 'convex/server';

declare const fullApi: ApiFromModules<{
${entries.join('')}}>;

/** What clients and functions call: \`api.messages.list\`. */
export declare const api: FilterApi<typeof fullApi, FunctionReference<any, 'public'>>;

/** What only this app's own functions call. */
export declare const internal: FilterApi<typeof fullApi, FunctionReference<any, 'internal'>>;

export declare const components: {};
`;
}

function dataModelFrom(schema: string): string {
  return `${header}import type { DataModelFromSchemaDefinition, DocumentByName, SystemTableNames, TableNamesInDataModel } from 'convex/server';
import type { GenericId } from 'convex/values';
import type schema from ${JSON.stringify(importFor(schema))};

/** The schema as types. */
export type DataModel = DataModelFromSchemaDefinition<typeof schema>;
export type TableNames = TableNamesInDataModel<DataModel>;

/** A document of a table. */
export type Doc<TableName extends TableNames> = DocumentByName<DataModel, TableName>;

/** The id of a document of a table. */
export type Id<TableName extends TableNames | SystemTableNames> = GenericId<TableName>;
`;
}

const untypedDataModel = `${header}import type { AnyDataModel } from 'convex/server';
import type { GenericId } from 'convex/values';

/** There is no schema.ts: any table, any field. */
export type DataModel = AnyDataModel;
export type TableNames = string;
export type Doc = any;
export type Id<TableName extends TableNames = TableNames> = GenericId<TableName>;
`;

const serverTypes = `${header}import type {
  ActionBuilder,
  GenericActionCtx,
  GenericDatabaseReader,
  GenericDatabaseWriter,
  GenericMutationCtx,
  GenericQueryCtx,
  HttpActionBuilder,
  MutationBuilder,
  QueryBuilder,
} from 'convex/server';
import type { DataModel } from './dataModel.js';

export declare const query: QueryBuilder<DataModel, 'public'>;
export declare const internalQuery: QueryBuilder<DataModel, 'internal'>;
export declare const mutation: MutationBuilder<DataModel, 'public'>;
export declare const internalMutation: MutationBuilder<DataModel, 'internal'>;
export declare const action: ActionBuilder<DataModel, 'public'>;
export declare const internalAction: ActionBuilder<DataModel, 'internal'>;
export declare const httpAction: HttpActionBuilder;
export declare const env: Record<string, string | undefined>;

export type QueryCtx = GenericQueryCtx<DataModel>;
export type MutationCtx = GenericMutationCtx<DataModel>;
export type ActionCtx = GenericActionCtx<DataModel>;
export type DatabaseReader = GenericDatabaseReader<DataModel>;
export type DatabaseWriter = GenericDatabaseWriter<DataModel>;
`;
