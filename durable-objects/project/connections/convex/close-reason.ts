import type { WireError } from '@betterbase/protocol';
import { closeCodeOf } from '../close-code.ts';
import type { Goodbye } from '../voice.ts';
import { fatalFrame } from './convex-frames.ts';

/** Convex's clients take this for "not found", and try again quietly: the project may be about to be deployed. */
const notFoundCode = 4040;

/**
 * How a Convex client is told that its connection is over. It always connects again, unless it is told that this cannot
 * help; from the reason's first word it knows how long to wait.
 */
export function goodbyeOf(error: WireError): Goodbye {
  const code = closeCodeOf(error);
  switch (error.code) {
    case 'project/not-found':
    case 'project/not-deployed':
      return { frame: null, code: notFoundCode, reason: error.code };
    case 'limit/overloaded':
    case 'limit/calls-waiting':
    case 'connection/too-many':
      return { frame: null, code, reason: 'TooManyConcurrentRequests' };
    case 'engine/unavailable':
    case 'internal/unexpected':
      return { frame: null, code, reason: 'InternalServerError' };
    case 'protocol/version-mismatch':
      return { frame: null, code, reason: 'BaseVersionMismatch' };
    // It would say the same again.
    case 'protocol/bad-message':
    case 'protocol/binary-frame':
    case 'protocol/frame-too-large':
    case 'session/expired':
      return { frame: fatalFrame(error), code, reason: error.code };
    default:
      return { frame: null, code, reason: error.code };
  }
}
