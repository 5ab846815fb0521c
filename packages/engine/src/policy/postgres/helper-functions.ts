/** Functions that policies in Postgres call: who is asking, and what SQL has no word for. */

import { quoteBody, textSql } from './typed-sql.ts';

/** Where the functions are; made by us, so nothing of the database's own is in it. */
export const helperSchema = 'betterbase';

/**
 * The claims of whoever asks, as JSON, in the setting that PostgREST and Supabase use too. Whoever connects sets it for each
 * transaction: `select set_config('request.jwt.claims', '{"sub": "ann"}', true)`.
 */
export const claimsSetting = 'request.jwt.claims';

/**
 * Where functions find what is not said with its schema. Types are looked for among a session's temporary ones first unless those
 * are named last, and somebody's own `jsonb` would then run their code with the rights of whoever owns the tables.
 */
export const pinnedPath = 'pg_catalog, pg_temp';

/** Claims that stand in a setting of the transaction, which whoever connects sets. */
const claimsSet = `nullif(nullif(current_setting('${claimsSetting}', true), '')::jsonb, 'null'::jsonb)`;
/** Those that Neon's extension has: verified, where it has been given a key. */
const claimsVerified = `nullif(auth.session(), 'null'::jsonb)`;

const identity = [
  ['uid', 'text', `coalesce(S.jwt() ->> 'sub', S.jwt() ->> 'subject')`],
  ['authenticated', 'boolean', 'S.uid() IS NOT NULL'],
  // An address that nobody has confirmed is whatever somebody typed.
  [
    'email',
    'text',
    `CASE WHEN 'false' IN (S.jwt() ->> 'email_verified', S.jwt() ->> 'emailVerified') THEN NULL WHEN jsonb_typeof(S.jwt() -> 'email') = 'string' THEN S.jwt() ->> 'email' END`,
  ],
  [
    'role',
    'text',
    `CASE WHEN NOT S.authenticated() THEN 'anon' WHEN jsonb_typeof(S.jwt() -> 'role') = 'string' THEN S.jwt() ->> 'role' ELSE 'authenticated' END`,
  ],
] as const;

const values = [
  // Texts have U+0001 U+0001 where a NUL was, which JSONB refuses.
  [
    'to_value(json)',
    'jsonb',
    `CASE WHEN strpos($1::text, E'\\\\u0000') > 0 THEN replace($1::text, E'\\\\u0000', E'\\\\u0001\\\\u0001')::jsonb ELSE $1::jsonb END`,
  ],
  // Postgres rounds a double to 15 digits when it makes a numeric of it.
  [
    'exact(double precision)',
    'numeric',
    `CASE WHEN abs($1) >= 9007199254740992 AND abs($1) < 9223372036854774784 THEN $1::bigint::numeric ELSE $1::text::numeric END`,
  ],
  ['text_of(jsonb)', 'text', `CASE jsonb_typeof($1) WHEN 'string' THEN $1 #>> '{}' END`],
  ['json_of_bytes(bytea)', 'jsonb', `CASE WHEN $1 IS NOT NULL THEN jsonb_build_object('$bytes', encode($1, 'base64')) END`],
  // JSON lacks infinities; they are what they are in documents.
  [
    'json_of_number(double precision)',
    'jsonb',
    `CASE $1 WHEN 'Infinity' THEN '{"$float": "AAAAAAAA8H8="}'::jsonb WHEN '-Infinity' THEN '{"$float": "AAAAAAAA8P8="}'::jsonb ELSE to_jsonb(S.exact($1)) END`,
  ],
  ['bytes_of(jsonb)', 'bytea', `CASE WHEN jsonb_typeof($1) = 'object' THEN decode($1 ->> '$bytes', 'base64') END`],
  // Integers of 64 bits and numbers that JSON lacks are objects in documents, of eight bytes that begin with the lowest.
  [
    'number_of(jsonb)',
    'numeric',
    `CASE jsonb_typeof($1) WHEN 'boolean' THEN ($1 = 'true'::jsonb)::int WHEN 'number' THEN ($1 #>> '{}')::numeric
      WHEN 'object' THEN CASE WHEN $1 -> '$integer' IS NOT NULL THEN (
        SELECT sum(get_byte(b, i)::numeric * 256::numeric ^ i) - CASE WHEN get_byte(b, 7) > 127 THEN 2::numeric ^ 64 ELSE 0 END
        FROM (SELECT decode($1 ->> '$integer', 'base64')) AS bytes (b), generate_series(0, 7) AS places (i) GROUP BY b)
      ELSE CASE $1 ->> '$float' WHEN 'AAAAAAAAAIA=' THEN 0 WHEN 'AAAAAAAA8H8=' THEN 'Infinity'::numeric WHEN 'AAAAAAAA8P8=' THEN '-Infinity'::numeric END
      END END`,
  ],
  [
    'rank_of(jsonb)',
    'int',
    `CASE WHEN S.number_of($1) IS NOT NULL THEN 0 WHEN jsonb_typeof($1) = 'string' THEN 1 WHEN S.bytes_of($1) IS NOT NULL THEN 2 END`,
  ],
  ['truth_of(jsonb)', 'boolean', `S.number_of($1) <> 0`],
  // Which comes first: below 0, 0 or above; null where that is not known.
  [
    'compare_values(jsonb, jsonb)',
    'int',
    `CASE WHEN S.rank_of($1) <> S.rank_of($2) THEN S.rank_of($1) - S.rank_of($2)
      WHEN S.rank_of($1) = 0 THEN (S.number_of($1) > S.number_of($2))::int - (S.number_of($1) < S.number_of($2))::int
      WHEN S.rank_of($1) = 1 THEN ((S.text_of($1) COLLATE "C") > S.text_of($2))::int - ((S.text_of($1) COLLATE "C") < S.text_of($2))::int
      WHEN S.rank_of($1) = 2 THEN (S.bytes_of($1) > S.bytes_of($2))::int - (S.bytes_of($1) < S.bytes_of($2))::int END`,
  ],
  ['member(jsonb, text)', 'jsonb', `nullif($1 -> $2, 'null'::jsonb)`],
  // Postgres takes a value that is no array for an array of that value.
  ['member(jsonb, int)', 'jsonb', `CASE jsonb_typeof($1) WHEN 'array' THEN nullif($1 -> $2, 'null'::jsonb) END`],
  // Postgres refuses a pattern that ends in a backslash; it matches nothing.
  [
    'is_like(text, text)',
    'boolean',
    `CASE WHEN $2 IS NULL THEN NULL WHEN right(replace($2, E'\\\\\\\\', ''), 1) = E'\\\\' THEN CASE WHEN $1 IS NOT NULL THEN false END ELSE $1 COLLATE "C" LIKE $2 COLLATE "C" END`,
  ],
  [
    'is_ilike(text, text)',
    'boolean',
    `S.is_like(translate($1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), translate($2, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'))`,
  ],
] as const;

/** Who logs in as whom, and which roles are held to policies. */
const rolesTable = [
  `CREATE TABLE IF NOT EXISTS ${helperSchema}.roles (role regrole PRIMARY KEY, claims jsonb)`,
  `ALTER TABLE ${helperSchema}.roles ENABLE ROW LEVEL SECURITY`,
  `REVOKE ALL ON ${helperSchema}.roles FROM PUBLIC`,
];

/** Of whom the session's own role is, if it was bound to somebody; whatever the session has set. */
const boundClaims = `CREATE OR REPLACE FUNCTION ${helperSchema}.bound_claims() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ${pinnedPath} AS ${quoteBody(
  `SELECT claims FROM ${helperSchema}.roles WHERE role = to_regrole(quote_ident(session_user))`,
)}`;

/** Statements that make the functions, or make them anew. */
export function helperStatements(): string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS ${helperSchema}`,
    ...rolesTable,
    boundClaims,
    ...claimsStatements(),
    ...identity.map(([name, returns, body]) => functionText(`${name}()`, returns, body, false)),
    ...values.map(([signature, returns, body]) => functionText(signature, returns, body, true)),
  ];
}

/** Statements that make `jwt()` as the database needs it: by what it has been extended with, and whether roles are bound to somebody. */
export function claimsStatements(): string[] {
  const bound = `coalesce(S.bound_claims(), `;
  return [
    `DO $bb$ DECLARE claims text := ${textSql(claimsSet)}; BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_session_jwt') THEN claims := ${textSql(claimsVerified)}; END IF;
  IF EXISTS (SELECT FROM ${helperSchema}.roles AS r WHERE r.claims IS NOT NULL) THEN claims := ${textSql(inHelpers(bound))} || claims || ')'; END IF;
  EXECUTE replace(${textSql(functionText('jwt()', 'jsonb', claimsPlace, false))}, ${textSql(claimsPlace)}, claims);
END $bb$`,
  ];
}

const claimsPlace = '@claims@';

function functionText(signature: string, returns: string, body: string, isPure: boolean): string {
  return `CREATE OR REPLACE FUNCTION ${helperSchema}.${signature} RETURNS ${returns} LANGUAGE sql ${isPure ? 'IMMUTABLE PARALLEL SAFE' : 'STABLE'} SET search_path = ${pinnedPath} AS ${quoteBody(`SELECT ${inHelpers(body)}`)}`;
}

function inHelpers(body: string): string {
  return body.replaceAll('S.', `${helperSchema}.`);
}
