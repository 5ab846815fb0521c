/** Every route below `/p/<project>`, as the router has it; a test compares the two. */
export const projectDoors = [
  'ALL /p/:project/auth/*',
  'ALL /p/:project/http',
  'ALL /p/:project/http/*',
  'GET /p/:project/api/:version/sync',
  'GET /p/:project/api/sync',
  'GET /p/:project/health',
  'GET /p/:project/realtime',
  'POST /p/:project/api/action',
  'POST /p/:project/api/function',
  'POST /p/:project/api/mutation',
  'POST /p/:project/api/query',
  'POST /p/:project/api/query_at_ts',
  'POST /p/:project/api/query_ts',
  'POST /p/:project/api/run/:path{.+}',
  'POST /p/:project/betterbase/:kind/:path{.+}',
  'POST /p/:project/invalidate',
] as const;
