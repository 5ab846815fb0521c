/** Writes a ZIP as Convex's snapshot exports are, so that both can import it. Nothing but hints is held in memory. */
import { ZipWriter } from '@zip.js/zip.js';
import { type Hint, cleanText, hintFor } from './clean-value.ts';
import { inPieces } from './in-pieces.ts';
import { parseShape } from './shape.ts';
import { shapeOfTable } from './shape-of-table.ts';
import { decodeDocument, type ExportedTable } from './table-text.ts';

const readme = `# A snapshot

This ZIP holds the tables of a BetterBase project as they were at one moment. The documents of each table are lines of JSON in
<table>/documents.jsonl; <table>/generated_schema.jsonl says which of their texts stand for integers, bytes and the like.
Import it with \`bb iac import\`, or with \`npx convex import\`.
`;

export interface NumberedTable extends ExportedTable {
  readonly number: number;
}

export class SnapshotWriter {
  readonly #zip: ZipWriter<unknown>;

  constructor(out: WritableStream<Uint8Array>) {
    this.#zip = new ZipWriter(out, { useWebWorkers: false, extendedTimestamp: false });
  }

  async begin(tables: readonly NumberedTable[]): Promise<void> {
    await this.#add('README.md', [readme]);
    await this.#add(
      '_tables/documents.jsonl',
      tables.map(({ table, number }) => `${JSON.stringify({ name: table, id: number })}\n`),
    );
  }

  /** @param documents lines of encoded JSON */
  async table({ table, document }: ExportedTable, documents: AsyncIterable<string>): Promise<void> {
    const shape = shapeOfTable(document);
    const hints: string[] = [];
    await this.#add(`${table}/documents.jsonl`, cleanLines(documents, shape, hints));
    await this.#add(`${table}/generated_schema.jsonl`, [`${JSON.stringify(shape)}\n`, ...hints]);
  }

  async end(): Promise<void> {
    await this.#zip.close();
  }

  async #add(name: string, texts: AsyncIterable<string> | Iterable<string>): Promise<void> {
    await this.#zip.add(name, streamOf(texts));
  }
}

function streamOf(texts: AsyncIterable<string> | Iterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const pieces = inPieces(texts);
  return new ReadableStream({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    cancel: async () => void (await pieces.return(undefined)),
  });
}

async function* cleanLines(documents: AsyncIterable<string>, shape: string, hints: string[]): AsyncGenerator<string> {
  const shapes = [parseShape(shape)];
  for await (const line of documents) {
    const document = decodeDocument(line);
    const value = Object.fromEntries(Object.entries(document).flatMap(([name, field]) => (field === undefined ? [] : [[name, field]])));
    const hint: Hint = hintFor(value, shapes);
    if (hint !== 'infer') hints.push(`${JSON.stringify({ [String(document['_id'])]: hint })}\n`);
    yield `${cleanText(value)}\n`;
  }
}
