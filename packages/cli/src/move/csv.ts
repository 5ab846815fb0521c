/** CSV as texts and back (RFC 4180). A cell in quotes is a text, whatever it looks like. */
import { BetterBaseError } from '@betterbase/core';

export interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
}

export interface CsvRecord {
  readonly cells: readonly Cell[];
  /** The line that it begins in, from 1. */
  readonly line: number;
}

/** @throws BetterBaseError `import/bad-file` */
export async function* readCsv(stream: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const decoder = new TextDecoder();
  const reader = new CsvReader();
  for await (const chunk of stream) yield* reader.take(decoder.decode(chunk, { stream: true }));
  yield* reader.take(decoder.decode());
  yield* reader.end();
}

class CsvReader {
  #cells: Cell[] = [];
  #text = '';
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #line = 1;
  #began = 1;

  *take(text: string): Generator<CsvRecord> {
    for (const char of text) {
      if (char === '\n') this.#line++;
      if (this.#state === 'quoted') {
        if (char === '"') this.#state = 'closed';
        else this.#text += char;
      } else if (char === ',') this.#endCell();
      else if (char === '\n') {
        const record = this.#endRecord();
        if (record !== null) yield record;
      } else if (char === '"' && this.#state === 'closed') {
        this.#text += char;
        this.#state = 'quoted';
      } else if (char === '"' && this.#state === 'start') this.#state = 'quoted';
      else if (char !== '\uFEFF' && char !== '\r') {
        if (this.#state === 'closed') throw badCsv(this.#line);
        this.#text += char;
        this.#state = 'plain';
      }
    }
  }

  *end(): Generator<CsvRecord> {
    if (this.#state === 'quoted') throw badCsv(this.#began);
    const record = this.#endRecord();
    if (record !== null) yield record;
  }

  #endCell(): void {
    this.#cells.push({ text: this.#text, isQuoted: this.#state === 'closed' });
    this.#text = '';
    this.#state = 'start';
  }

  /** Null for an empty line. */
  #endRecord(): CsvRecord | null {
    const isEmpty = this.#cells.length === 0 && this.#state === 'start';
    this.#endCell();
    const record = { cells: this.#cells, line: this.#began };
    this.#cells = [];
    this.#began = this.#line;
    return isEmpty ? null : record;
  }
}

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(({ text, isQuoted }) => (isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',')}\n`;
}

function badCsv(line: number): BetterBaseError {
  return new BetterBaseError(
    'import/bad-file',
    `The CSV cannot be read: a quote is not closed, or something follows it, in line ${line}.`,
    {
      hint: 'A quote inside of a quoted cell is written twice.',
    },
  );
}
