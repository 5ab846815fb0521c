/**
 * The elements of a JSON array as texts of one line each, as they arrive: the array may be larger than memory.
 * What is inside an element is not looked at, only where it ends.
 */
import { BetterBaseError } from '@betterbase/core';

/** @throws BetterBaseError `import/bad-file` when the text is no array. */
export async function* jsonElements(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const scanner = new ElementScanner();
  for await (const chunk of stream) yield* scanner.take(decoder.decode(chunk, { stream: true }));
  yield* scanner.take(decoder.decode());
  scanner.end();
}

class ElementScanner {
  #state: 'before' | 'between' | 'inside' | 'after' = 'before';
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #element = '';

  *take(text: string): Generator<string> {
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text.charAt(at);
      if (this.#state !== 'inside') {
        if (isSpace(char)) continue;
        if (this.#state === 'before') {
          if (char === '\uFEFF') continue;
          if (char !== '[') throw notAnArray();
          this.#state = 'between';
        } else if (this.#state === 'after') throw notAnArray();
        else if (char === ']') this.#state = 'after';
        else if (char !== ',') {
          this.#state = 'inside';
          start = at;
          this.#enter(char);
        }
        continue;
      }
      if (this.#isString) this.#inString(char);
      else if (this.#depth === 0 && (char === ',' || char === ']')) {
        yield oneLine(this.#element + text.slice(start, at));
        this.#element = '';
        this.#state = char === ']' ? 'after' : 'between';
      } else this.#enter(char);
    }
    if (this.#state === 'inside') this.#element += text.slice(start);
  }

  end(): void {
    if (this.#state !== 'after') throw notAnArray();
  }

  #enter(char: string): void {
    if (char === '"') this.#isString = true;
    else if (char === '{' || char === '[') this.#depth++;
    else if (char === '}' || char === ']') this.#depth--;
  }

  #inString(char: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (char === '\\') this.#isEscaped = true;
    else if (char === '"') this.#isString = false;
  }
}

/** Ends of lines are between tokens only: inside of strings JSON has none. */
function oneLine(element: string): string {
  return element.replaceAll(/[\r\n]+/g, ' ').trimEnd();
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}

function notAnArray(): BetterBaseError {
  return new BetterBaseError('import/bad-file', 'The file is no JSON array of documents.', {
    hint: 'It begins with [ and ends with ]. Lines of JSON are read with --format jsonl.',
  });
}
