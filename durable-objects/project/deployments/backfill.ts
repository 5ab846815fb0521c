import type { BackfillParcel, BackfillRequest, BackfillResult, EdgeDoor } from '@betterbase/engine';
import type { AppManifest, BackfillProgress, WireError } from '@betterbase/protocol';

/** More documents than this are changed a few at a time, while the project serves. */
export const mostAtOnce = 5_000;

export interface BackfillParts {
  readonly deployment: string;
  readonly manifest: AppManifest;
  readonly above: number;
  /** Asks the engine of the code that serves, between two of its turns. @throws when it does not start. */
  readonly ask: (request: BackfillRequest) => Promise<BackfillResult>;
  /** The new code. */
  readonly edge: Pick<EdgeDoor, 'changeDocuments'>;
  /** Lets what came meanwhile be served. Calls between parts of one process leave the network no turn. */
  readonly breathe: () => Promise<void>;
  readonly onProgress: (progress: BackfillProgress) => void;
}

/**
 * Has documents changed for a deployment before it takes over. Null when they lie ready, or are so few that the switch
 * changes them; otherwise why the deployment cannot be.
 */
export async function prepareDocuments({
  deployment,
  manifest,
  above,
  ask,
  edge,
  breathe,
  onProgress,
}: BackfillParts): Promise<WireError | null> {
  let result = await ask({ do: 'begin', deployment, app: manifest, above });
  if (result.state === 'none') return null;
  for (let steps = 1; ; steps++) {
    let changed: BackfillParcel | null = null;
    switch (result.state) {
      case 'none':
        return gone;
      case 'refused':
        return result.error;
      case 'ready':
        onProgress(result.progress);
        return null;
      case 'parcel': {
        onProgress(result.progress);
        const answer = await edge.changeDocuments(result.parcel);
        if (!answer.ok) return answer.error;
        changed = answer.parcel;
        break;
      }
      case 'working':
        onProgress(result.progress);
        break;
      default:
        return result satisfies never;
    }
    // Where more is written than can be followed, the switch has to make up for the rest.
    if ((result.state === 'working' || result.state === 'parcel') && steps > stepsFor(result.progress)) return null;
    await breathe();
    result = await ask({ do: 'step', deployment, changed });
  }
}

function stepsFor({ total }: BackfillProgress): number {
  return 1_000 + total / 50;
}

const gone: WireError = {
  code: 'deployment/interrupted',
  message: 'Documents were imported, or a table was made, while this deployment was changing documents; the one before it goes on.',
  hint: 'Deploy again.',
};
