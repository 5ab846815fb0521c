import type { SchemaChange } from '@betterbase/protocol';
import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import type { KeptQueries } from '../reactivity/kept-queries.ts';
import { TableCatalog } from '../transaction/table-catalog.ts';
import type { SchemaChanges } from './schema-changes.ts';
import type { Standing } from './standing.ts';

/**
 * The tables that the engine stands on, and how they become others.
 *
 * Holds: the newest catalog. Does not hold: documents.
 */
export class StandingTables {
  readonly #schema: SchemaChanges;
  readonly #kept: KeptQueries;
  #newest: TableCatalog | null = null;

  constructor(schema: SchemaChanges, kept: KeptQueries) {
    this.#schema = schema;
    this.#kept = kept;
  }

  catalog(schema: NormalizedSchema): TableCatalog {
    this.#newest = new TableCatalog(schema, this.#schema.allowsOtherTables);
    return this.#newest;
  }

  /** The fields that order an index; undefined if there is no such. */
  fieldsOf(table: string, index: string): readonly string[] | undefined {
    return this.#newest?.find(table)?.indexes.get(index);
  }

  /** Makes tables that the schema does not name. @throws BetterBaseError as `SchemaChanges.addTables` */
  async add(standing: Standing, names: ReadonlySet<string>): Promise<void> {
    // A migration leaves nothing kept on disk.
    await this.#kept.doubt();
    const { version, schema } = await this.#schema.addTables(standing, names);
    Object.assign(standing, { version, schema, catalog: this.catalog(schema) });
  }

  /** @throws BetterBaseError as `SchemaChanges.migrate` */
  async migrate(standing: Standing, deployment: string, consent: string | null): Promise<readonly SchemaChange[]> {
    const { version, schema, changes } = await this.#schema.migrate(standing, deployment, consent);
    Object.assign(standing, { version, deployment, schema, catalog: this.catalog(schema), hasCrons: false });
    return changes;
  }
}
