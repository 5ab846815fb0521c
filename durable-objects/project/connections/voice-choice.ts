import { ChunkingSocket } from './convex/chunking-socket.ts';
import { ConvexAnswers } from './convex/convex-frames.ts';
import { ConvexVoice } from './convex/convex-voice.ts';
import { TransitionFrames } from './frames.ts';
import { OwnVoice } from './own-voice.ts';
import type { Protocol } from './protocol.ts';
import type { Socket } from './socket.ts';
import type { SocketMemory } from './socket-memory.ts';
import type { Voice } from './voices.ts';

/**
 * A voice for every protocol.
 *
 * Holds: texts that several voices say, each made once.
 */
export class VoiceChoice {
  readonly #version: () => number;
  readonly #frames = new TransitionFrames();
  readonly #convexAnswers = new ConvexAnswers();

  /** `version`: the newest that is known; 0 while none is. */
  constructor(version: () => number) {
    this.#version = version;
  }

  /** `memory`: of the socket, if it was spoken on before. */
  of(protocol: Protocol, memory?: SocketMemory): Voice {
    switch (protocol.name) {
      case 'betterbase':
        return new OwnVoice(this.#frames, memory);
      case 'convex':
        return new ConvexVoice({ answers: this.#convexAnswers, protocol, version: this.#version }, memory?.at);
      default:
        return protocol satisfies never;
    }
  }

  /** Everybody has been told. */
  told(): void {
    this.#frames.clear();
  }
}

/** The client's end of the socket: some want long frames in parts. */
export function audienceOf(socket: Socket, protocol: Protocol): Socket {
  return protocol.name === 'convex' && protocol.takesChunks ? new ChunkingSocket(socket) : socket;
}
