/** The contents of `_generated`, from the names of an app's modules. The types come from the modules themselves. */
import type { AppModules } from '../bundle/function-modules.ts';
import type { Dialect } from '../workspace/app-folder.ts';
import { convexApiModule, convexFiles, convexServerModule } from './convex-files.ts';
import { header, importFor } from './generated-text.ts';
import { apiModule, serverModule } from './runtime-modules.ts';

/** What the modules are when they run. */
export function generatedModules(dialect: Dialect): Readonly<Record<'server' | 'api', string>> {
  return dialect === 'convex' ? { server: convexServerModule, api: convexApiModule } : { server: serverModule, api: apiModule };
}

/** By file name. */
export function generatedFiles(modules: AppModules, dialect: Dialect = 'betterbase'): ReadonlyMap<string, string> {
  if (dialect === 'convex') return convexFiles(modules);
  return new Map([
    ['api.d.ts', apiTypes(modules)],
    ['api.js', apiModule],
    ['dataModel.d.ts', modules.schema === null ? untypedDataModel : dataModelFrom(modules.schema)],
    ['server.d.ts', serverTypes],
    ['server.js', serverModule],
  ]);
}

function apiTypes({ functions }: AppModules): string {
  const entries = functions.map(
    ({ path, file }) => `  readonly ${JSON.stringify(path)}: typeof import(${JSON.stringify(importFor(file))});\n`,
  );
  return `${header}import type { ApiFromModules, FilterApi } from '@betterbase/core';

type FullApi = ApiFromModules<{
${entries.join('')}}>;

/** What clients and functions call: \`api.queries.todos.list\`. */
export declare const api: FilterApi<FullApi, 'public'>;

/** What only this app's own functions call. */
export declare const internal: FilterApi<FullApi, 'internal'>;
`;
}

function dataModelFrom(schema: string): string {
  return `${header}import type { DataModelFromSchema, Doc as DocOf, Id as IdOf } from '@betterbase/core';
import type schema from ${JSON.stringify(importFor(schema))};

/** The schema as types. */
export type DataModel = DataModelFromSchema<typeof schema>;
export type TableNames = keyof DataModel & string;

/** A document of a table. */
export type Doc<Table extends TableNames> = DocOf<DataModel, Table>;

/** The id of a document of a table. */
export type Id<Table extends TableNames> = IdOf<Table>;
`;
}

const untypedDataModel = `${header}import type { AnyDataModel, AnyValue, Id as IdOf } from '@betterbase/core';

/** There is no schema.ts: any table, any field. */
export type DataModel = AnyDataModel;
export type TableNames = string;
export type Doc<Table extends TableNames> = AnyValue & { readonly _id: IdOf<Table> };
export type Id<Table extends TableNames> = IdOf<Table>;
`;

const serverTypes = `${header}import type {
  ActionBuilder,
  ActionCtx as ActionCtxOf,
  DatabaseReader as DatabaseReaderOf,
  DatabaseWriter as DatabaseWriterOf,
  HttpActionBuilder,
  MutationBuilder,
  MutationCtx as MutationCtxOf,
  QueryBuilder,
  QueryCtx as QueryCtxOf,
} from '@betterbase/core';
import type { DataModel } from './dataModel.js';

/** Reads, and runs again for those who watch it when what it read changes. */
export declare const query: QueryBuilder<DataModel, 'public'>;
/** A query that clients cannot call. */
export declare const internalQuery: QueryBuilder<DataModel, 'internal'>;

/** Reads and writes, all of it or nothing, one at a time. */
export declare const mutation: MutationBuilder<DataModel, 'public'>;
/** A mutation that clients cannot call. */
export declare const internalMutation: MutationBuilder<DataModel, 'internal'>;

/** May use the network, the time and chance; reaches data through \`ctx.runQuery\` and \`ctx.runMutation\`. */
export declare const action: ActionBuilder<DataModel, 'public'>;
/** An action that clients cannot call. */
export declare const internalAction: ActionBuilder<DataModel, 'internal'>;

/** Answers a request; give it to the router in http.ts. */
export declare const httpAction: HttpActionBuilder<DataModel>;

export type QueryCtx = QueryCtxOf<DataModel>;
export type MutationCtx = MutationCtxOf<DataModel>;
export type ActionCtx = ActionCtxOf<DataModel>;
export type DatabaseReader = DatabaseReaderOf<DataModel>;
export type DatabaseWriter = DatabaseWriterOf<DataModel>;
`;
