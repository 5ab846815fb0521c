/** What a stateless isolate with the project's code offers, and what it needs in return. */
import type { AppManifest, WireError } from '@betterbase/protocol';
import type { BackfillParcel } from '../turn/backfill-request.ts';
import type { ChangedParcel } from './change-documents.ts';
import type { FunctionCall, Outcome, RunReport } from '../turn/turn.ts';

/** The project as seen by an action: its own functions, internal ones included. An RPC stub in production. */
export interface ActionHost {
  run(kind: 'query' | 'mutation' | 'action', path: string, args: string): Promise<Outcome>;
}

export interface ActionResult {
  readonly outcome: Outcome;
  readonly report: RunReport;
}

/** Who calls an HTTP route. */
export interface RouteCall extends Pick<FunctionCall, 'identity' | 'requestId' | 'origin'> {
  /** Why the token in `Authorization` was not accepted. Told when the route asks who is calling. */
  readonly refusal?: WireError | null;
}

export interface EdgeDoor {
  /** Everything the app defines. Fails if the app's top-level code throws or defines nonsense. */
  describe(): Promise<{ readonly ok: true; readonly manifest: AppManifest } | { readonly ok: false; readonly error: WireError }>;
  /** Runs the app's migration functions on documents. */
  changeDocuments(parcel: BackfillParcel): Promise<ChangedParcel>;
  runAction(call: FunctionCall, host: ActionHost): Promise<ActionResult>;
  /** Serves a request with the app's HTTP routes; `path` is what follows `/http`. */
  serve(request: Request, path: string, call: RouteCall, host: ActionHost): Promise<Response>;
}
