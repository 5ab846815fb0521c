import type { AuthProvider } from '@betterbase/core';
import type { EdgeDoor } from '@betterbase/engine';
import type { Cipher } from '@betterbase/providers/cipher';
import type { Alarm } from './alarm.ts';
import type { AuditEntry } from './audit/audit-entry.ts';
import type { SocketHolder } from './connections/socket.ts';
import type { HangNotice } from './hang-notice.ts';
import type { EngineHost } from './host/engine-host.ts';
import type { Verified } from './identity/token-verifier.ts';
import type { CheckParts } from './provider/check-provider.ts';
import type { ClaimParts } from './provider/database-claim.ts';
import type { ProviderAddress } from './provider/provider-address.ts';
import type { ProviderType } from './provider/provider-rules.ts';
import type { SqlDisk } from './sql-disk.ts';
import type { ActionOrder } from './actions.ts';
import type { Timer } from './timer.ts';

/** A deployment's code and environment, as a host needs them. The environment is open by then. */
export interface SourceReader {
  /** @throws when the deployment's code is not kept */
  readonly bundle: (deployment: string) => string;
  /** Of the environment. */
  readonly revision: () => number;
  /** What the functions of a deployment find in `process.env`. */
  readonly values: (deployment: string) => Readonly<Record<string, string>>;
  /** Where the deployment's documents rest; null: beside the engine. */
  readonly address: (deployment: string) => ProviderAddress | null;
}

/** Where the app's code comes from. */
export type CodeSource =
  | {
      readonly from: 'deployments';
      readonly edge: (deployment: string, source: SourceReader) => Pick<EdgeDoor, 'describe' | 'changeDocuments'>;
    }
  | {
      readonly from: 'worker';
      readonly edge: () => Pick<EdgeDoor, 'describe'>;
      readonly isServed: boolean;
      readonly consent: string | null;
    };

/** What the platform gives to one project. */
export interface ProjectPlatform {
  readonly project: string;
  readonly disk: SqlDisk;
  readonly now: () => number;
  /** Returns when what has reached the object by now has been handed to it. */
  readonly gather?: () => Promise<void>;
  readonly timer: Timer;
  readonly alarm: Alarm;
  readonly sockets: SocketHolder;
  /** `bytes` random bytes as text that nobody can guess. */
  readonly randomName: (bytes: number) => string;
  readonly digest: (text: string) => Promise<string>;
  readonly source: CodeSource;
  /** Encrypts environment values; null where there is no key to do it with. */
  readonly cipher: Cipher | null;
  /** Encrypts what signing in depends on. */
  readonly userCipher?: Cipher | null;
  /** What documents can rest in; absent: the project's own object. */
  readonly providers?: readonly ProviderType[];
  /** Opens a database elsewhere, away from the object, and looks at it. */
  readonly checkDatabase: CheckParts['checkDatabase'];
  readonly claimDatabase: ClaimParts['claim'];
  readonly findOwner: ClaimParts['findOwner'];
  /** The version of the data in a database elsewhere; null when it cannot be asked. */
  readonly databaseVersion: (address: ProviderAddress) => Promise<number | null>;
  /** More documents than this are changed by a deployment while the one before it serves. */
  readonly backfillAbove?: number;
  /** Returns when the network has had its turn. */
  readonly breathe?: () => Promise<void>;
  readonly createHost: (source: SourceReader) => EngineHost;
  readonly startAction: (order: ActionOrder) => Promise<void>;
  /** Checks a token's signature and claims, away from the object. */
  readonly checkToken: (token: string, providers: readonly AuthProvider[]) => Promise<Verified>;
  /** Writes entries to the installation's audit log, each once. */
  readonly sendAudit: (entries: readonly AuditEntry[]) => Promise<void>;
  readonly hang: HangNotice | null;
  /** Callers are told what functions print. */
  readonly isDevelopment?: boolean;
  /** After every call. */
  readonly onCall: (isError: boolean, connections: number) => void;
}
