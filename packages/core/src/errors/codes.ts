/**
 * The closed table of error codes.
 *
 * A code is `area/what-happened`; it is for machines, unique, and never reused or renamed. HTTP status, socket close code,
 * client retry, log level and CLI exit code are all derived from its row.
 */

export interface CodeRow {
  /** HTTP status that answers a request which ended in this error. */
  readonly status: number;
  /** WebSocket close code, where the error ends a connection. */
  readonly closeCode?: number;
  /** Whether sending the same thing again can help. */
  readonly retry: 'never' | 'now' | 'later';
  /** Whose mistake it is: the caller's, the app author's, or ours. */
  readonly blame: 'caller' | 'app' | 'us';
}

export const errorCodes = {
  // Values, arguments, documents
  'value/unsupported': { status: 400, retry: 'never', blame: 'caller' },
  'value/bad-encoding': { status: 400, retry: 'never', blame: 'caller' },
  'arguments/invalid': { status: 400, retry: 'never', blame: 'caller' },
  'arguments/too-large': { status: 413, retry: 'never', blame: 'caller' },
  'returns/invalid': { status: 500, retry: 'never', blame: 'app' },
  'returns/too-large': { status: 500, retry: 'never', blame: 'app' },
  'document/invalid': { status: 400, retry: 'never', blame: 'caller' },
  'document/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'document/too-large': { status: 413, retry: 'never', blame: 'caller' },
  'document/key-too-long': { status: 413, retry: 'never', blame: 'caller' },
  'document/not-unique': { status: 409, retry: 'never', blame: 'caller' },
  'document/referenced': { status: 409, retry: 'never', blame: 'caller' },
  'document/missing-reference': { status: 409, retry: 'never', blame: 'caller' },
  'document/wrong-table': { status: 400, retry: 'never', blame: 'caller' },
  'document/bad-id': { status: 400, retry: 'never', blame: 'caller' },

  // Schema, tables, indexes, queries
  'schema/invalid': { status: 400, retry: 'never', blame: 'app' },
  'schema/bad-table-name': { status: 400, retry: 'never', blame: 'app' },
  'schema/bad-field-name': { status: 400, retry: 'never', blame: 'app' },
  'schema/bad-index': { status: 400, retry: 'never', blame: 'app' },
  'schema/too-many-columns': { status: 400, retry: 'never', blame: 'app' },
  'schema/too-many-tables': { status: 400, retry: 'never', blame: 'app' },
  'schema/too-many-indexes': { status: 400, retry: 'never', blame: 'app' },
  'schema/documents-break-it': { status: 409, retry: 'never', blame: 'app' },
  'schema/bad-rename': { status: 400, retry: 'never', blame: 'app' },
  'migration/bad-definition': { status: 400, retry: 'never', blame: 'app' },
  'migration/failed': { status: 409, retry: 'never', blame: 'app' },
  'table/not-found': { status: 404, retry: 'never', blame: 'app' },
  'table/read-only': { status: 403, retry: 'never', blame: 'app' },
  'index/not-found': { status: 404, retry: 'never', blame: 'app' },
  'query/bad-range': { status: 400, retry: 'never', blame: 'app' },
  'query/bad-filter': { status: 400, retry: 'never', blame: 'app' },
  'query/bad-sql': { status: 400, retry: 'never', blame: 'app' },
  'query/no-drizzle': { status: 500, retry: 'never', blame: 'app' },
  'query/bad-search': { status: 400, retry: 'never', blame: 'app' },
  'query/bad-vector': { status: 400, retry: 'never', blame: 'app' },
  'query/bad-cursor': { status: 400, retry: 'never', blame: 'caller' },
  'query/bad-page': { status: 400, retry: 'never', blame: 'caller' },
  'query/used-twice': { status: 400, retry: 'never', blame: 'app' },
  'query/not-unique': { status: 400, retry: 'never', blame: 'app' },
  'query/reads-too-much': { status: 400, retry: 'never', blame: 'app' },
  'query/version-gone': { status: 409, retry: 'now', blame: 'caller' },
  'query/not-collected': { status: 500, retry: 'never', blame: 'app' },

  // Row-level security
  'policy/invalid': { status: 400, retry: 'never', blame: 'app' },
  'policy/denied': { status: 403, retry: 'never', blame: 'caller' },
  'policy/not-enforced': { status: 400, retry: 'never', blame: 'app' },
  'policy/unsupported': { status: 400, retry: 'never', blame: 'app' },

  // Functions
  'function/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'function/wrong-kind': { status: 400, retry: 'never', blame: 'caller' },
  'function/bad-path': { status: 400, retry: 'never', blame: 'caller' },
  'function/bad-definition': { status: 400, retry: 'never', blame: 'app' },
  'function/threw': { status: 500, retry: 'never', blame: 'app' },
  'function/app-error': { status: 400, retry: 'never', blame: 'app' },
  'function/never-finished': { status: 500, retry: 'never', blame: 'app' },
  'function/timed-out': { status: 504, retry: 'never', blame: 'app' },
  'function/not-allowed-here': { status: 500, retry: 'never', blame: 'app' },
  'function/writes-too-much': { status: 413, retry: 'never', blame: 'app' },
  'function/transaction-over': { status: 500, retry: 'never', blame: 'app' },

  // Time
  'scheduler/bad-time': { status: 400, retry: 'never', blame: 'app' },
  'scheduler/too-many': { status: 429, retry: 'later', blame: 'app' },
  'scheduler/cancels-itself': { status: 400, retry: 'never', blame: 'app' },
  'cron/bad-definition': { status: 400, retry: 'never', blame: 'app' },

  // Commits
  'commit/conflict': { status: 409, retry: 'now', blame: 'us' },
  'request/duplicate': { status: 409, retry: 'never', blame: 'caller' },
  'request/other-identity': { status: 403, retry: 'never', blame: 'caller' },

  // Projects and deployments
  'project/not-found': { status: 404, closeCode: 4404, retry: 'later', blame: 'caller' },
  'project/bad-name': { status: 400, retry: 'never', blame: 'caller' },
  'project/suspended': { status: 403, closeCode: 4403, retry: 'later', blame: 'caller' },
  'project/exists': { status: 409, retry: 'never', blame: 'caller' },
  'project/not-confirmed': { status: 400, retry: 'never', blame: 'caller' },
  'project/not-deployed': { status: 404, closeCode: 4404, retry: 'later', blame: 'caller' },
  'deployment/does-not-load': { status: 400, retry: 'never', blame: 'app' },
  'deployment/bad-bundle': { status: 400, retry: 'never', blame: 'caller' },
  'deployment/too-large': { status: 413, retry: 'never', blame: 'caller' },
  'deployment/too-many-functions': { status: 400, retry: 'never', blame: 'app' },
  'deployment/interrupted': { status: 503, retry: 'now', blame: 'us' },
  'deployment/needs-consent': { status: 409, retry: 'never', blame: 'caller' },
  'deployment/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'deployment/static': { status: 409, retry: 'never', blame: 'caller' },
  'environment/bad-name': { status: 400, retry: 'never', blame: 'caller' },
  'environment/too-large': { status: 413, retry: 'never', blame: 'caller' },
  'environment/no-key': { status: 503, retry: 'never', blame: 'us' },
  'environment/unreadable': { status: 503, closeCode: 4503, retry: 'later', blame: 'us' },
  'environment/static': { status: 409, retry: 'never', blame: 'caller' },
  'provider/changed': { status: 409, retry: 'never', blame: 'app' },
  'provider/not-available': { status: 400, retry: 'never', blame: 'app' },
  'provider/unknown-binding': { status: 400, retry: 'never', blame: 'app' },
  'provider/bad-address': { status: 400, retry: 'never', blame: 'app' },
  'provider/taken': { status: 409, retry: 'never', blame: 'app' },
  'provider/missing-value': { status: 400, retry: 'never', blame: 'app' },
  'config/invalid': { status: 400, retry: 'never', blame: 'app' },

  // Moving data
  'export/interrupted': { status: 410, retry: 'never', blame: 'caller' },
  'import/bad-lines': { status: 400, retry: 'never', blame: 'caller' },
  'import/table-not-empty': { status: 409, retry: 'never', blame: 'caller' },
  'import/ids-clash': { status: 409, retry: 'never', blame: 'caller' },
  'import/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'import/outdated': { status: 409, retry: 'never', blame: 'caller' },
  'import/too-large': { status: 413, retry: 'never', blame: 'caller' },
  'import/bad-file': { status: 400, retry: 'never', blame: 'caller' },

  // HTTP and sockets
  'http/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'http/method-not-allowed': { status: 405, retry: 'never', blame: 'caller' },
  'http/bad-route': { status: 400, retry: 'never', blame: 'app' },
  'http/bad-json': { status: 400, retry: 'never', blame: 'caller' },
  'http/bad-body': { status: 400, retry: 'never', blame: 'caller' },
  'http/body-too-large': { status: 413, retry: 'never', blame: 'caller' },
  'http/headers-too-large': { status: 431, retry: 'never', blame: 'caller' },
  'http/upgrade-required': { status: 426, retry: 'never', blame: 'caller' },
  'auth/required': { status: 401, retry: 'never', blame: 'caller' },
  'auth/bad-credentials': { status: 401, retry: 'never', blame: 'caller' },
  'auth/refused': { status: 400, retry: 'never', blame: 'caller' },
  'auth/message-lost': { status: 502, retry: 'later', blame: 'app' },
  'auth/account-exists': { status: 422, retry: 'never', blame: 'caller' },
  'auth/upgraded': { status: 409, retry: 'never', blame: 'caller' },
  'auth/no-user': { status: 404, retry: 'never', blame: 'caller' },
  'auth/bad-key': { status: 401, retry: 'never', blame: 'caller' },
  'auth/forbidden': { status: 403, retry: 'never', blame: 'caller' },
  'auth/too-many-attempts': { status: 429, retry: 'later', blame: 'caller' },
  'key/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'admin/set-up': { status: 410, retry: 'never', blame: 'caller' },
  'admin/exists': { status: 409, retry: 'never', blame: 'caller' },
  'admin/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'admin/last-owner': { status: 409, retry: 'never', blame: 'caller' },
  'admin/invitation-over': { status: 410, retry: 'never', blame: 'caller' },
  'email/not-sent': { status: 502, retry: 'later', blame: 'caller' },
  'admin/no-person': { status: 403, retry: 'never', blame: 'caller' },
  'auth/bad-token': { status: 401, closeCode: 4401, retry: 'never', blame: 'caller' },
  'auth/token-expired': { status: 401, closeCode: 4401, retry: 'never', blame: 'caller' },
  'auth/session-ended': { status: 401, closeCode: 4401, retry: 'never', blame: 'caller' },
  'auth/unknown-issuer': { status: 401, closeCode: 4401, retry: 'never', blame: 'caller' },
  'auth/bad-redirect': { status: 400, retry: 'never', blame: 'caller' },
  'auth/issuer-unreachable': { status: 503, closeCode: 4503, retry: 'later', blame: 'app' },
  'protocol/bad-message': { status: 400, closeCode: 4400, retry: 'never', blame: 'caller' },
  'protocol/binary-frame': { status: 400, closeCode: 4400, retry: 'never', blame: 'caller' },
  'protocol/frame-too-large': { status: 413, closeCode: 4413, retry: 'never', blame: 'caller' },
  'protocol/not-connected': { status: 400, closeCode: 4400, retry: 'never', blame: 'caller' },
  'protocol/duplicate-id': { status: 400, closeCode: 4400, retry: 'never', blame: 'caller' },
  'protocol/unknown-id': { status: 400, closeCode: 4400, retry: 'never', blame: 'caller' },
  'protocol/version-unsupported': { status: 400, closeCode: 4426, retry: 'never', blame: 'caller' },
  'protocol/version-mismatch': { status: 409, closeCode: 4409, retry: 'later', blame: 'caller' },
  'session/ahead': { status: 409, closeCode: 4409, retry: 'later', blame: 'us' },
  'session/expired': { status: 410, closeCode: 4410, retry: 'never', blame: 'caller' },
  'session/replaced': { status: 409, closeCode: 4409, retry: 'never', blame: 'caller' },
  'session/too-slow': { status: 429, closeCode: 4429, retry: 'later', blame: 'caller' },
  'connection/lost': { status: 503, retry: 'later', blame: 'us' },
  'connection/closed': { status: 400, retry: 'never', blame: 'caller' },
  'connection/no-socket': { status: 400, retry: 'never', blame: 'caller' },
  'connection/too-many': { status: 429, closeCode: 4429, retry: 'later', blame: 'caller' },

  // Load and limits
  'limit/overloaded': { status: 503, closeCode: 4503, retry: 'later', blame: 'us' },
  'limit/requests': { status: 429, retry: 'later', blame: 'caller' },
  'limit/bytes-read': { status: 400, retry: 'never', blame: 'app' },
  'limit/database-reads': { status: 400, retry: 'never', blame: 'app' },
  'limit/bytes-written': { status: 413, retry: 'never', blame: 'app' },
  'limit/array-length': { status: 413, retry: 'never', blame: 'caller' },
  'limit/object-fields': { status: 413, retry: 'never', blame: 'caller' },
  'limit/field-name': { status: 413, retry: 'never', blame: 'caller' },
  'limit/nesting-depth': { status: 413, retry: 'never', blame: 'caller' },
  'limit/scheduled-bytes': { status: 413, retry: 'never', blame: 'app' },
  'limit/jobs-waiting': { status: 429, retry: 'later', blame: 'app' },
  'limit/concurrent-actions': { status: 429, retry: 'later', blame: 'app' },
  'limit/concurrent-calls': { status: 429, retry: 'never', blame: 'app' },
  'limit/response-size': { status: 500, retry: 'never', blame: 'app' },
  'limit/search-results': { status: 400, retry: 'never', blame: 'app' },
  'limit/search-filters': { status: 400, retry: 'never', blame: 'app' },
  'limit/vector-results': { status: 400, retry: 'never', blame: 'app' },
  'limit/vector-filters': { status: 400, retry: 'never', blame: 'app' },
  'limit/sql-text': { status: 400, retry: 'never', blame: 'app' },
  'limit/sql-parameters': { status: 400, retry: 'never', blame: 'app' },
  'limit/sql-pattern': { status: 400, retry: 'never', blame: 'app' },
  'limit/calls-waiting': { status: 429, closeCode: 4429, retry: 'later', blame: 'caller' },
  'limit/subscriptions': { status: 429, retry: 'never', blame: 'caller' },
  'engine/unavailable': { status: 503, closeCode: 4503, retry: 'later', blame: 'us' },
  'internal/unexpected': { status: 500, closeCode: 1011, retry: 'later', blame: 'us' },

  // Databases elsewhere
  'provider/drifted': { status: 503, retry: 'never', blame: 'app' },
  'provider/constraint': { status: 409, retry: 'never', blame: 'app' },
  'provider/refused': { status: 500, retry: 'never', blame: 'app' },
  'provider/bad-credentials': { status: 503, retry: 'never', blame: 'app' },
  'provider/unreachable': { status: 503, retry: 'later', blame: 'app' },
  'provider/outcome-unknown': { status: 503, retry: 'never', blame: 'us' },
  'provider/busy': { status: 503, retry: 'now', blame: 'us' },
  'provider/overloaded': { status: 503, retry: 'later', blame: 'app' },
  'provider/asleep': { status: 503, retry: 'later', blame: 'app' },
  'provider/cannot': { status: 501, retry: 'never', blame: 'app' },
  'provider/full': { status: 507, retry: 'never', blame: 'app' },

  // Command line and bundling
  'usage/bad-option': { status: 400, retry: 'never', blame: 'caller' },
  'app/not-found': { status: 404, retry: 'never', blame: 'caller' },
  'bundle/bad-code': { status: 400, retry: 'never', blame: 'app' },
  'bundle/unresolved-import': { status: 400, retry: 'never', blame: 'app' },
  'bundle/node-import': { status: 400, retry: 'never', blame: 'app' },
  'init/folder-not-empty': { status: 409, retry: 'never', blame: 'caller' },
  'dev/port-in-use': { status: 409, retry: 'never', blame: 'caller' },
  'dev/already-running': { status: 409, retry: 'never', blame: 'caller' },
  'dev/runtime-failed': { status: 500, retry: 'never', blame: 'us' },
  'platform/does-not-build': { status: 500, retry: 'never', blame: 'us' },
  'platform/does-not-migrate': { status: 500, retry: 'never', blame: 'us' },
  'platform/does-not-deploy': { status: 500, retry: 'later', blame: 'caller' },
} as const satisfies Record<`${string}/${string}`, CodeRow>;

export type ErrorCode = keyof typeof errorCodes;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
