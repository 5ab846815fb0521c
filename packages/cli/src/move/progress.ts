import type { CommandContext } from '../commands/command.ts';

/** How often progress is told, ms. */
const interval = 1_000;

/** Tells people on the error stream, and scripts by events, how far it is. */
export class Progress {
  readonly #terminal: CommandContext['terminal'];
  readonly #isJson: boolean;
  readonly #began = performance.now();
  #toldAt = performance.now();
  #table = '';
  #documents = 0;
  #bytes = 0;

  constructor(terminal: CommandContext['terminal'], isJson: boolean) {
    this.#terminal = terminal;
    this.#isJson = isJson;
  }

  get documents(): number {
    return this.#documents;
  }

  begin(table: string): void {
    this.#table = table;
  }

  add(documents: number, bytes: number): void {
    this.#documents += documents;
    this.#bytes += bytes;
    const now = performance.now();
    if (now - this.#toldAt < interval) return;
    this.#toldAt = now;
    this.#tell('progress');
  }

  /** @param event what has come to its end. @param rest what else the event says. */
  end(event: 'exported' | 'imported' | 'tried', rest: object, text: string): void {
    if (this.#isJson) this.#terminal.line(JSON.stringify({ event, ...this.#figures(), ...rest }));
    else this.#terminal.problem(`${text} in ${(this.#seconds() || 0.001).toFixed(1)} s (${formatBytes(this.#bytes)}).`);
  }

  #tell(event: string): void {
    if (this.#isJson) this.#terminal.line(JSON.stringify({ event, table: this.#table, ...this.#figures() }));
    else {
      const { documents, bytes, documentsPerSecond } = this.#figures();
      this.#terminal.problem(`${this.#table}: ${documents} documents, ${formatBytes(bytes)}, ${documentsPerSecond} documents/s`);
    }
  }

  #figures(): { readonly documents: number; readonly bytes: number; readonly documentsPerSecond: number } {
    const documentsPerSecond = Math.round(this.#documents / Math.max(this.#seconds(), 0.001));
    return { documents: this.#documents, bytes: this.#bytes, documentsPerSecond };
  }

  #seconds(): number {
    return (performance.now() - this.#began) / 1_000;
  }
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
