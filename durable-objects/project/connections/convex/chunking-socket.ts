import type { Socket } from '../socket.ts';

/** Characters of one frame. While a longer one is on its way the client hears nothing, and may take us for gone. */
const longest = 4 * 1024 * 1024;

const transition = '{"type":"Transition"';

/** Sends a long transition in parts, which the client puts together. */
export class ChunkingSocket implements Socket {
  readonly #socket: Socket;
  #sent = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get name(): string {
    return this.#socket.name;
  }

  send(text: string): void {
    if (text.length <= longest || !text.startsWith(transition)) return this.#socket.send(text);
    const chunks = inChunks(text);
    this.#sent += 1;
    for (const [partNumber, chunk] of chunks.entries()) {
      const part = { type: 'TransitionChunk', chunk, partNumber, totalParts: chunks.length, transitionId: String(this.#sent) };
      this.#socket.send(JSON.stringify(part));
    }
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  remember(text: string): void {
    this.#socket.remember(text);
  }
}

/** Cut so that no pair of surrogates is torn: half a pair does not survive UTF-8. */
function inChunks(text: string): readonly string[] {
  const chunks: string[] = [];
  for (let from = 0; from < text.length; ) {
    let until = Math.min(from + longest, text.length);
    const last = text.charCodeAt(until - 1);
    if (until < text.length && last >= 0xd8_00 && last <= 0xdb_ff) until -= 1;
    chunks.push(text.slice(from, until));
    from = until;
  }
  return chunks;
}
