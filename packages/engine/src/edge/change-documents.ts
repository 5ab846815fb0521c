import type { WireError } from '@betterbase/protocol';
import { runMigration } from '../migrate/document-change.ts';
import { appMigrations } from '../run/app-migrations.ts';
import { appSchemaManifest } from '../run/app-manifest.ts';
import type { AppModule } from '../run/app-module.ts';
import { toFailure } from '../run/wire-failure.ts';
import type { BackfillParcel } from '../turn/backfill-request.ts';
import { decodeDocuments, encodeDocuments } from '../turn/backfills.ts';

export type ChangedParcel = { readonly ok: true; readonly parcel: BackfillParcel } | { readonly ok: false; readonly error: WireError };

/** Runs an app's migration functions on documents, where these have no database around them. */
export function changeDocuments(app: AppModule, parcel: BackfillParcel): ChangedParcel {
  try {
    const own = new Map(appMigrations(app, appSchemaManifest(app)).map((migration) => [migration.name, migration]));
    const migrations = parcel.migrations.flatMap((name) => own.get(name) ?? []);
    const changed = decodeDocuments(parcel.documents).map((document) =>
      migrations.reduce((each, migration) => runMigration(migration, each), document),
    );
    return { ok: true, parcel: { ...parcel, documents: encodeDocuments(changed) } };
  } catch (thrown) {
    return { ok: false, error: toFailure(thrown, { path: 'migrations', requestId: '', isDevelopment: true }).error };
  }
}
