/** Policies as data: what the command line makes of the SQL in an app's policy files, and the engine checks and evaluates. */
import type { policyRules } from '@betterbase/core';

export type PolicyRule = (typeof policyRules)[number];

/** The policy of one file. */
export interface ParsedPolicy {
  /** Relative to the app's folder. */
  readonly file: string;
  readonly table: string;
  readonly rules: Partial<Record<PolicyRule, ParsedCondition>>;
}

export interface ParsedCondition {
  /** As the author wrote it. */
  readonly text: string;
  readonly tree: PolicyNode;
}

/** Where in the text something stands: from this character up to that. */
export type Place = readonly [start: number, end: number];

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type IdentityPart = 'uid' | 'role' | 'email' | 'authenticated' | 'jwt';

/** Names are as written: which column of which table they are is found when the tree is compiled for a schema. */
export type PolicyNode =
  | { readonly type: 'literal'; readonly value: string | number | boolean | null }
  | { readonly type: 'column'; readonly table: string | null; readonly name: string; readonly at: Place }
  | { readonly type: 'identity'; readonly part: IdentityPart }
  /** `of ->> key`, or `of -> key` where `isJson`. */
  | { readonly type: 'member'; readonly of: PolicyNode; readonly key: string | number; readonly isJson: boolean }
  | { readonly type: 'compare'; readonly by: Comparison; readonly left: PolicyNode; readonly right: PolicyNode }
  | { readonly type: 'and' | 'or'; readonly left: PolicyNode; readonly right: PolicyNode }
  | { readonly type: 'not'; readonly of: PolicyNode }
  | { readonly type: 'is'; readonly of: PolicyNode; readonly what: boolean | null }
  | { readonly type: 'like'; readonly of: PolicyNode; readonly pattern: PolicyNode; readonly ignoresCase: boolean }
  | { readonly type: 'in'; readonly of: PolicyNode; readonly list: readonly PolicyNode[] }
  | { readonly type: 'exists'; readonly rows: PolicyRows }
  | { readonly type: 'in-rows'; readonly of: PolicyNode; readonly rows: PolicyRows; readonly column: PolicyNode };

/** The rows of another table, or of the same. */
export interface PolicyRows {
  readonly table: string;
  /** By which its columns are named. */
  readonly alias: string;
  readonly where: PolicyNode | null;
  readonly at: Place;
}
