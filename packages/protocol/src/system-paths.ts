/** Queries that every project has, for the admin API. Nobody outside can call them. */

/** The jobs and the runs of cron jobs that are kept, newest first: `{scheduled, crons}`. */
export const jobsPath = '_system/jobs:list';
/** `{sql, params, asUser?}` → rows: all, or those that the caller sees. */
export const sqlPath = '_system/sql:select';
/** `{table, limit, insert}` → what the caller may do with rows, and why. */
export const policyTestPath = '_system/policies:test';

/** Writes who the project's users are. */
export const applyUsersPath = '_system/users:apply';
