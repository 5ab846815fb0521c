import { toFailure } from '../run/wire-failure.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import { Exports } from './exports.ts';
import { Imports, type ImportsParts, type ImportStanding } from './imports.ts';
import type { ProjectStore } from '../ports/project-store.ts';
import type { MoveOutcome, MoveRequest, MoveValue } from './move-operation.ts';

export interface MovesParts extends ImportsParts {
  readonly store: ImportsParts['store'] & Pick<ProjectStore, 'snapshots'>;
}

/** What a step finds. */
export interface MoveStanding extends ImportStanding {
  readonly catalog: TableCatalog;
  readonly version: number;
}

/** Carries out the steps that move data in and out. */
export class Moves {
  readonly #exports: Exports;
  readonly #imports: Imports;

  constructor(parts: MovesParts) {
    this.#exports = new Exports(parts.store.snapshots, parts.now);
    this.#imports = new Imports(parts);
  }

  /** Never fails: what goes wrong is an outcome. */
  async perform(request: MoveRequest, standing: MoveStanding): Promise<MoveOutcome> {
    try {
      return { ok: true, value: await this.#perform(request, standing) };
    } catch (refused) {
      return { ok: false, error: toFailure(refused, { path: request.move, requestId: request.id, isDevelopment: true }).error };
    }
  }

  async #perform(request: MoveRequest, standing: MoveStanding): Promise<MoveValue> {
    switch (request.move) {
      case 'open-export':
        return await this.#exports.open(request.id, standing.version, standing.catalog);
      case 'read-export':
        return await this.#exports.read(request.id, request.table, request.after, standing.catalog);
      case 'close-export':
        return await this.#exports.close(request.id);
      case 'begin-import':
        return await this.#imports.begin(request.id, request.tables, request.isBatched, standing);
      case 'stage':
        return await this.#imports.stage(request, standing);
      case 'finish-import':
        return await this.#imports.finish(request.id, request.isTrial, standing);
      case 'drop-import':
        return await this.#imports.drop(request.id);
      default:
        return request satisfies never;
    }
  }
}
