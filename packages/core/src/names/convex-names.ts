/** Names that code written for Convex imports. Each is another name for one of ours, none a thing of its own. */
export type {
  ActionCtx as GenericActionCtx,
  MutationCtx as GenericMutationCtx,
  QueryCtx as GenericQueryCtx,
} from '../functions/context.ts';
export type { DatabaseReader as GenericDatabaseReader, DatabaseWriter as GenericDatabaseWriter } from '../functions/database.ts';
export type { HttpAction as PublicHttpAction } from '../functions/http-action.ts';
export type { Doc as DocumentByName, TableInfo as GenericTableInfo, TableNames as TableNamesInDataModel } from '../schema/data-model.ts';
export type { Fields as PropertyValidators, ObjectOf as ObjectType } from '../validators/fields.ts';
export type { AnyValidator as GenericValidator } from '../validators/validator.ts';
export type { Id as GenericId } from '../values/value.ts';
