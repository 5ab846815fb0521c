/** What `bb dev` and the process of a stand-in say to each other. */
import type { StandInSettings, StandInType } from './stand-in-type.ts';

export interface StandInStart {
  readonly type: StandInType;
  /** Where its data is kept. */
  readonly path: string;
  /** 0: any free one. */
  readonly port: number;
  readonly secret: string;
}

export interface StandInAddress {
  readonly port: number;
  readonly settings: StandInSettings;
  /** For programs that look at databases. */
  readonly tools: string;
}

export type ToStandIn = { readonly type: 'start'; readonly start: StandInStart } | { readonly type: 'stop' };

export type FromStandIn =
  | ({ readonly type: 'ready' } & StandInAddress)
  | { readonly type: 'failed'; readonly message: string; readonly hint: string; readonly isPortTaken: boolean };
