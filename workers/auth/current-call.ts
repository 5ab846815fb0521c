import { AsyncLocalStorage } from 'node:async_hooks';
import type { RowsPort } from '@betterbase/providers/rows';
import type { LostMessage } from '../../durable-objects/project/users/users-context.ts';
import type { SharedMail } from './messages/message.ts';
import type { UpgradingRows } from './users/ways/upgrading-rows.ts';

/** What belongs to one call: instances of better-auth are kept between them. */
export interface CurrentCall {
  readonly rows: RowsPort;
  readonly isDevelopment: boolean;
  /** What nobody waits for. */
  readonly later: (work: Promise<unknown>) => void;
  /** The installation's mail; null: there is none to ask. */
  readonly shared: SharedMail | null;
  /** A message was not sent, which its reader is not told. */
  readonly lost: (message: LostMessage) => Promise<void>;
  /** Has the app move what one user had to another; null: there is no app. */
  readonly merge: ((from: string, to: string) => Promise<boolean>) | null;
  /** Who it was that signed in to an account that was there before; absent: nobody without one. */
  anonymous?: { readonly id: string; readonly merged: boolean };
  /** Where somebody without an account may get one; null: nobody can be without. */
  readonly upgrading: UpgradingRows | null;
  /** Whether a password was hashed: that takes most of the time. */
  hasHashed?: boolean;
  /** Who, without an account, goes to an issuer. */
  visitor?: string;
  /** Added to what is answered. */
  told: Readonly<Record<string, unknown>>;
  /** What better-auth has found wrong, which callers are told in general terms. */
  fault?: string;
}

const current = new AsyncLocalStorage<CurrentCall>();

export function withCall<T>(call: CurrentCall, work: () => Promise<T>): Promise<T> {
  return current.run(call, work);
}

const making = new AsyncLocalStorage<NetworkRules>();

/** What may be asked of the network. */
export type NetworkRules = Pick<CurrentCall, 'isDevelopment'>;

/** Makes what is kept between calls: it asks issuers where their doors are, by the same rules. */
export function whileMaking<T>(rules: NetworkRules, work: () => T): T {
  return making.run(rules, work);
}

/** Null where nothing of ours is done. */
export function networkRules(): NetworkRules | null {
  return current.getStore() ?? making.getStore() ?? null;
}

/** Null outside of a call. */
export function callUnderWay(): CurrentCall | null {
  return current.getStore() ?? null;
}

export function currentCall(): CurrentCall {
  const call = current.getStore();
  if (call === undefined) throw new Error('This is asked for outside of a call.');
  return call;
}

/** Where the rows are. */
export function currentRows(): RowsPort {
  return currentCall().rows;
}
