/** Errors as HTTP answers. Every answer that is an error carries code, message, hint and request id. */
import { BetterBaseError, type ErrorCode, errorCodes, isBetterBaseError } from '@betterbase/core';
import { type LogLine, toConvexFailure, toConvexLogLines, type WireError } from '@betterbase/protocol';

export function toWireError(thrown: unknown, requestId: string): WireError {
  if (isBetterBaseError(thrown)) {
    const { code, message, hint, details } = thrown;
    return { code, message, ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }), requestId };
  }
  console.error(
    JSON.stringify({ level: 'error', requestId, failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  );
  return {
    code: 'internal/unexpected',
    message: 'Something went wrong on our side.',
    hint: 'Try again in a moment. The request id finds this in the logs.',
    requestId,
  };
}

/** BetterBase's shape: `error` is the message. */
export function failureResponse(error: WireError): Response {
  const { code, message, hint, data, details, requestId } = error;
  const body = JSON.stringify({ error: message, code, suggestion: hint, data, details, requestId });
  return withRetryTime(jsonResponse(body, errorCodes[code].status, code), details);
}

/** In seconds, as HTTP says it. */
function withRetryTime(response: Response, details: unknown): Response {
  const seconds = typeof details === 'object' && details !== null && 'retryAfter' in details ? details.retryAfter : null;
  if (typeof seconds === 'number') response.headers.set('retry-after', String(seconds));
  return response;
}

/** What Convex's clients know a refused token by. */
const convexAuthCodes: Partial<Record<ErrorCode, string>> = {
  'auth/bad-token': 'InvalidAuthHeader',
  'auth/token-expired': 'InvalidAuthHeader',
  'auth/session-ended': 'InvalidAuthHeader',
  'auth/unknown-issuer': 'NoAuthProvider',
};

/** What Convex's own clients take as the answer of a function that failed; of any other status they read no error. */
const functionFailed = 560;
/** Codes of what keeps a function from being run at all. */
const outsideFunctions = /^(?:auth|http|engine|internal|project)\/|^limit\/(?:overloaded|concurrent-actions)$/;

/** Convex's shape, with code and hint added. `isClient`: for one of Convex's own clients, which know its words and its status. */
export function convexFailureResponse(error: WireError, isClient: boolean, lines?: readonly LogLine[]): Response {
  const authCode = convexAuthCodes[error.code];
  if (authCode !== undefined) return convexRefusal(error, authCode);
  const { code, message, hint, data, details, requestId } = error;
  const said = isClient ? toConvexFailure(error) : { errorMessage: message, ...(data === undefined ? {} : { errorData: data }) };
  const body = { status: 'error', ...said, code, hint, details, requestId, logLines: toConvexLogLines(lines) };
  const status = isClient && !outsideFunctions.test(code) ? functionFailed : errorCodes[code].status;
  return withRetryTime(jsonResponse(JSON.stringify(body), status, code), details);
}

/** Convex answers a token that is no good in another shape than a function that fails; `errorCode` is ours. */
function convexRefusal({ code, message, hint, requestId }: WireError, authCode: string): Response {
  const body = { code: authCode, message, errorCode: code, status: 'error', errorMessage: message, hint, requestId };
  return jsonResponse(JSON.stringify(body), errorCodes[code].status, code);
}

/** No answer of ours is a page, and none is shown in one. */
export const answerHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000',
  'referrer-policy': 'no-referrer',
};

export function jsonResponse(text: string, status: number, errorCode?: string): Response {
  return new Response(text, {
    status,
    headers: errorCode === undefined ? jsonHeaders : { ...jsonHeaders, 'x-betterbase-error': errorCode },
  });
}

const jsonHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  ...answerHeaders,
};

export function notFound(method: string, path: string): BetterBaseError {
  return new BetterBaseError('http/not-found', `There is nothing at ${method} ${path}.`, {
    hint: 'Projects are at /p/<project>/…, the admin API at /admin/….',
  });
}
