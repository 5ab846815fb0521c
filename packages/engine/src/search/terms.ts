/** What search takes text apart into: lower-case runs of letters and digits of any script. */

import { fixedLimits } from '@betterbase/core';

/** Longer ones are no words; neither documents nor searches have them. */
const longestTerm = fixedLimits.termLength.value;
const mostTerms = fixedLimits.searchTerms.value;
const word = /[\p{Alphabetic}\p{N}]+/gu;

export interface SearchTerms {
  readonly terms: readonly string[];
  /** The last term of what somebody types is the beginning of a word. */
  readonly prefix: string | null;
}

/** The terms of a text in order, repeated ones as often as they are there. */
export function termsOf(text: string): string[] {
  const words = text.toLowerCase().normalize('NFC').match(word) ?? [];
  return words.filter((term) => term.length <= longestTerm);
}

/** What a search for this text looks for: its first 16 different terms. */
export function searchTerms(text: string): SearchTerms {
  const all = termsOf(text);
  const prefix = all.pop() ?? null;
  const terms = [...new Set(all)].filter((term) => term !== prefix);
  if (terms.length < mostTerms) return { terms, prefix };
  return { terms: terms.slice(0, mostTerms), prefix: null };
}
