/**
 * The shapes in a Convex snapshot's `generated_schema.jsonl`: what kinds of value a place may hold. They tell which strings of
 * its documents are integers, bytes or numbers that JSON cannot say.
 */
import { BetterBaseError } from '@betterbase/core';

export type Shape =
  | { readonly kind: Leaf }
  | { readonly kind: 'array'; readonly element: Shape }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Shape> }
  | { readonly kind: 'record'; readonly value: Shape }
  | { readonly kind: 'union'; readonly members: readonly Shape[] };

/** `other`: what JSON says as it is. `inf`: an infinity. `float64`: any number. */
type Leaf = 'never' | 'string' | 'int64' | 'bytes' | 'inf' | 'float64' | 'unknown' | 'other';

const words: readonly (readonly [string, Leaf])[] = [
  ['never', 'never'],
  ['null', 'other'],
  ['int64', 'int64'],
  ['float64', 'float64'],
  ['-inf', 'inf'],
  ['inf', 'inf'],
  ['NaN', 'float64'],
  ['normalfloat64', 'other'],
  ['-0', 'other'],
  ['boolean', 'other'],
  ['field_name', 'string'],
  ['string', 'string'],
  ['bytes', 'bytes'],
  ['unknown', 'unknown'],
];

/** @throws BetterBaseError `import/bad-file` */
export function parseShape(text: string): Shape {
  const reader = new ShapeReader(text);
  const shape = reader.union();
  reader.end();
  return shape;
}

class ShapeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  union(): Shape {
    const members = [this.#one()];
    while (this.#takes(' | ')) members.push(this.#one());
    const [first] = members;
    return members.length === 1 && first !== undefined ? first : { kind: 'union', members };
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#wrong();
  }

  #one(): Shape {
    for (const [word, kind] of words) if (this.#takes(word)) return { kind };
    if (this.#takes('"')) {
      this.#upTo('"');
      return { kind: 'string' };
    }
    if (this.#takes('id<')) {
      this.#upTo('>');
      return { kind: 'string' };
    }
    if (this.#takes('array<')) return { kind: 'array', element: this.#inside() };
    if (this.#takes('record<')) return { kind: 'record', value: this.#pair() };
    if (this.#takes('{')) return { kind: 'object', fields: this.#fields() };
    throw this.#wrong();
  }

  #inside(): Shape {
    const shape = this.union();
    if (!this.#takes('>')) throw this.#wrong();
    return shape;
  }

  #pair(): Shape {
    this.union();
    if (!this.#takes(', ')) throw this.#wrong();
    return this.#inside();
  }

  #fields(): ReadonlyMap<string, Shape> {
    const fields = new Map<string, Shape>();
    while (!this.#takes('}')) {
      if (!this.#takes('"')) throw this.#wrong();
      const name = this.#upTo('"');
      this.#takes('?');
      if (!this.#takes(': ')) throw this.#wrong();
      fields.set(name, this.union());
      if (!this.#takes(', ') && this.#text[this.#at] !== '}') throw this.#wrong();
    }
    return fields;
  }

  #takes(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #upTo(mark: string): string {
    const end = this.#text.indexOf(mark, this.#at);
    if (end === -1) throw this.#wrong();
    const text = this.#text.slice(this.#at, end);
    this.#at = end + mark.length;
    return text;
  }

  #wrong(): BetterBaseError {
    return new BetterBaseError(
      'import/bad-file',
      `A generated schema cannot be read from “${this.#text.slice(this.#at, this.#at + 40)}” on.`,
      {
        hint: 'Export the snapshot anew.',
      },
    );
  }
}
