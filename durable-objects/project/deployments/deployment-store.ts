import { embeddedProvider, type ProviderManifest } from '@betterbase/core';
import type { AppManifest, Deployment, SchemaChange, WireError } from '@betterbase/protocol';
import { number, type SqlDisk, type SqlValue, text, textOrNull } from '../sql-disk.ts';

/** A row may hold 2 MB; a character takes up to three bytes. */
const chunkCharacters = 512 * 1024;
/** Deployments whose code is kept, and deployments that are listed. */
const mostBundles = 10;
const mostListed = 100;

export interface NewDeployment {
  readonly id: string;
  readonly createdAt: number;
  readonly message: string | null;
  readonly by: string | null;
  /** Equal digests: equal code. */
  readonly digest: string;
  readonly app: string;
  readonly provider: ProviderManifest;
}

export interface StoredApp {
  readonly id: string;
  readonly digest: string;
  readonly manifest: AppManifest;
  readonly provider: ProviderManifest;
}

const columns = 'id, state, created_at, message, changes, error, deployed_by, milliseconds';

/**
 * Deployments and their code, on disk.
 *
 * Always true: at most one deployment is active; the code of a pending or active one is kept.
 */
export class DeploymentStore {
  readonly #disk: SqlDisk;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** False before the first deployment: then nothing at all is on this disk. */
  exists(): boolean {
    return this.#disk.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'deployments'").length > 0;
  }

  /** Prepares the tables. */
  open(): void {
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS deployments (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, created_at INTEGER NOT NULL, message TEXT, digest TEXT NOT NULL, manifest TEXT, changes TEXT NOT NULL, error TEXT)',
    );
    this.#disk.rows(
      'CREATE TABLE IF NOT EXISTS bundles (deployment TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (deployment, part)) WITHOUT ROWID',
    );
    this.#addColumns();
  }

  /** What tables made by earlier programs lack. */
  #addColumns(): void {
    const known = new Set(this.#disk.rows("SELECT name FROM pragma_table_info('deployments')").map(([name]) => name));
    for (const column of ['deployed_by TEXT', 'milliseconds REAL', 'provider TEXT'])
      if (!known.has(column.split(' ')[0] ?? '')) this.#disk.rows(`ALTER TABLE deployments ADD COLUMN ${column}`);
  }

  add({ id, createdAt, message, by, digest, app, provider }: NewDeployment): void {
    this.#disk.transaction(() => {
      this.#disk.rows(
        "INSERT INTO deployments (id, state, created_at, message, deployed_by, digest, provider, changes) VALUES (?, 'pending', ?, ?, ?, ?, ?, '[]')",
        id,
        createdAt,
        message,
        by,
        digest,
        provider.type === 'embedded' ? null : JSON.stringify(provider),
      );
      for (let part = 0, at = 0; part === 0 || at < app.length; part++) {
        const end = chunkEnd(app, at);
        this.#disk.rows('INSERT INTO bundles (deployment, part, text) VALUES (?, ?, ?)', id, part, app.slice(at, end));
        at = end;
      }
    });
  }

  /** What its code defines. */
  describe(id: string, manifest: AppManifest): void {
    this.#disk.rows('UPDATE deployments SET manifest = ? WHERE id = ?', JSON.stringify(manifest), id);
  }

  activate(id: string, changes: readonly SchemaChange[]): void {
    this.#disk.transaction(() => {
      this.#disk.rows("UPDATE deployments SET state = 'replaced' WHERE state = 'active' AND id <> ?", id);
      this.#disk.rows("UPDATE deployments SET state = 'active', changes = ?, error = NULL WHERE id = ?", JSON.stringify(changes), id);
      this.#disk.rows(
        "DELETE FROM bundles WHERE deployment IN (SELECT id FROM deployments WHERE state = 'replaced' ORDER BY number DESC LIMIT -1 OFFSET ?)",
        mostBundles - 1,
      );
      this.#disk.rows(
        "DELETE FROM deployments WHERE state IN ('replaced', 'failed') AND number <= (SELECT max(number) FROM deployments) - ?",
        mostListed,
      );
    });
  }

  /** How long it took, ms. */
  timed(id: string, milliseconds: number): void {
    this.#disk.rows('UPDATE deployments SET milliseconds = ? WHERE id = ?', milliseconds, id);
  }

  /** As if it had never been. */
  forget(id: string): void {
    this.#disk.transaction(() => {
      this.#disk.rows('DELETE FROM deployments WHERE id = ?', id);
      this.#disk.rows('DELETE FROM bundles WHERE deployment = ?', id);
    });
  }

  /** Its code is not kept. */
  fail(id: string, error: WireError): void {
    this.#disk.transaction(() => {
      this.#disk.rows("UPDATE deployments SET state = 'failed', error = ? WHERE id = ?", JSON.stringify(error), id);
      this.#disk.rows('DELETE FROM bundles WHERE deployment = ?', id);
    });
  }

  /** The active one, if it can be read. */
  active(): StoredApp | null {
    const [row] = this.#disk.rows("SELECT id, digest, manifest, provider FROM deployments WHERE state = 'active'");
    return row === undefined ? null : readApp(row);
  }

  app(id: string): StoredApp | null {
    const [row] = this.#disk.rows('SELECT id, digest, manifest, provider FROM deployments WHERE id = ? AND manifest IS NOT NULL', id);
    return row === undefined ? null : readApp(row);
  }

  pending(): readonly string[] {
    return this.#disk.rows("SELECT id FROM deployments WHERE state = 'pending' ORDER BY number").map(([id]) => text(id));
  }

  /** Newest first. */
  list(): readonly Deployment[] {
    return this.#disk.rows(`SELECT ${columns} FROM deployments ORDER BY number DESC`).map(readDeployment);
  }

  get(id: string): Deployment | null {
    const [row] = this.#disk.rows(`SELECT ${columns} FROM deployments WHERE id = ?`, id);
    return row === undefined ? null : readDeployment(row);
  }

  /** Where its documents rest, whether or not it is described yet. */
  provider(id: string): ProviderManifest {
    return readProvider(this.#disk.rows('SELECT provider FROM deployments WHERE id = ?', id)[0]?.[0]);
  }

  /** Null if it is not kept. */
  bundle(id: string): string | null {
    const parts = this.#disk.rows('SELECT text FROM bundles WHERE deployment = ? ORDER BY part', id);
    return parts.length === 0 ? null : parts.map(([part]) => text(part)).join('');
  }
}

/** Never between the two halves of a surrogate pair: a half alone would not survive being stored. */
function chunkEnd(app: string, at: number): number {
  const end = Math.min(at + chunkCharacters, app.length);
  const last = app.charCodeAt(end - 1);
  return end < app.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

/** Rows are read by the version that wrote them or a newer one. */
function readApp([id, digest, manifest, provider]: readonly SqlValue[]): StoredApp {
  return { id: text(id), digest: text(digest), manifest: JSON.parse(text(manifest)) as AppManifest, provider: readProvider(provider) };
}

function readProvider(stored: SqlValue | undefined): ProviderManifest {
  const provider = textOrNull(stored);
  return provider === null ? embeddedProvider : (JSON.parse(provider) as ProviderManifest);
}

function readDeployment([id, state, createdAt, message, changes, error, by, milliseconds]: readonly SqlValue[]): Deployment {
  const failure = textOrNull(error);
  return {
    id: text(id),
    state: text(state) as Deployment['state'],
    createdAt: number(createdAt),
    message: textOrNull(message),
    by: textOrNull(by),
    milliseconds: typeof milliseconds === 'number' ? milliseconds : null,
    changes: JSON.parse(text(changes)) as readonly SchemaChange[],
    error: failure === null ? null : (JSON.parse(failure) as WireError),
  };
}
