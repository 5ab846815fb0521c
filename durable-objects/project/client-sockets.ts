import { fixedLimits } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import type { Project } from './compose/compose-project.ts';
import type { Connection } from './connections/connection.ts';
import { protocolOf } from './connections/protocol.ts';
import { findSocket, HibernatingSocket } from './hibernating-socket.ts';

/** Below the platform's 32,768 sockets of one object. */
const mostConnections = fixedLimits.connections.value;

type SocketState = Pick<DurableObjectState, 'acceptWebSocket' | 'getWebSockets' | 'getTags'>;

/**
 * The WebSockets of clients, as the platform speaks of them.
 *
 * Holds: which connection each is, for those that something has happened to since we woke.
 */
export class ClientSockets {
  readonly #state: SocketState;
  readonly #project: Pick<Project, 'connections' | 'switchboard'>;
  readonly #connections = new Map<WebSocket, Connection>();

  constructor(state: SocketState, project: Pick<Project, 'connections' | 'switchboard'>) {
    this.#state = state;
    this.#project = project;
  }

  /** Answers a client that wants one. Whoever cannot be let in is told so on it. */
  async open(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    const { connections } = this.#project;
    const protocol = protocolOf(new URL(request.url).pathname);
    const refusal = await this.#refusal();
    if (refusal === null) {
      const name = crypto.randomUUID();
      this.#state.acceptWebSocket(server, [name, protocol.name]);
      this.#connections.set(server, connections.open(new HibernatingSocket(server, name), protocol));
    } else {
      server.accept();
      connections.refuse(new HibernatingSocket(server, ''), protocol, refusal);
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  receive(socket: WebSocket, frame: string | ArrayBuffer): void {
    const connection = this.#connectionOf(socket);
    if (connection !== null) this.#project.connections.receive(connection, frame);
  }

  /** It is gone, or its client has said goodbye. */
  closed(socket: WebSocket): void {
    const connection = this.#connectionOf(socket);
    this.#connections.delete(socket);
    if (connection !== null) this.#project.connections.closed(connection);
  }

  #connectionOf(socket: WebSocket): Connection | null {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const woken = this.#project.connections.wake(findSocket(this.#state, socket));
    if (woken !== null) this.#connections.set(socket, woken);
    return woken;
  }

  async #refusal(): Promise<WireError | null> {
    const refusal = await this.#project.switchboard.refusal();
    if (refusal !== null || this.#project.connections.count < mostConnections) return refusal;
    return { code: 'connection/too-many', message: 'This project has as many connections as it can hold.', hint: 'Try again later.' };
  }
}
