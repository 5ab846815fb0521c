import { BetterBaseError, decodeFromJson, encodeToJson, type Value } from '@betterbase/core';
import { answerHash } from '../reactivity/answer-hash.ts';
import type { RangeEnd } from '../ports/document-store.ts';

/** A place in a listing: after a key, or after everything. */
export type PagePlace = { readonly at: 'end' } | { readonly at: 'key'; readonly key: readonly (Value | undefined)[] };

export interface Listing {
  readonly table: string;
  readonly index: string;
  readonly order: 'asc' | 'desc';
  readonly lower: RangeEnd;
  readonly upper: RangeEnd;
}

const endMark = 'end';

/**
 * Cursors of one listing: opaque to clients, and of no use to another listing, because each carries a hash of the table,
 * index, range and order that it belongs to.
 */
export class PageCursors {
  readonly #listing: string;

  constructor(listing: Listing) {
    const { table, index, order, lower, upper } = listing;
    this.#listing = answerHash(
      [table, index, order, keyText(lower.prefix), lower.inclusive, keyText(upper.prefix), upper.inclusive].join('\n'),
    );
  }

  encode(place: PagePlace): string {
    return `${this.#listing}.${place.at === 'end' ? endMark : toUrlBase64(keyText(place.key))}`;
  }

  /** @throws BetterBaseError `query/bad-cursor` */
  decode(cursor: string): PagePlace {
    const place = this.tryDecode(cursor);
    if (place !== null) return place;
    throw new BetterBaseError('query/bad-cursor', 'This cursor does not belong to this listing.', {
      hint: 'Start again at the first page, with cursor null.',
    });
  }

  tryDecode(cursor: string): PagePlace | null {
    const [listing, text] = cursor.split('.', 2);
    if (listing !== this.#listing || text === undefined) return null;
    if (text === endMark) return { at: 'end' };
    try {
      const fields = decodeFromJson(fromUrlBase64(text));
      return Array.isArray(fields) ? { at: 'key', key: fields.map((field) => (Array.isArray(field) ? field[0] : undefined)) } : null;
    } catch {
      // Whatever is wrong with it, it is not one of ours.
      return null;
    }
  }
}

/** Each value in an array of its own, so that a missing field (an empty array) has a place in JSON. */
function keyText(key: readonly (Value | undefined)[]): string {
  return encodeToJson(key.map((value) => (value === undefined ? [] : [value])));
}

function toUrlBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromUrlBase64(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
