import { WebSocket } from 'ws';
import type { TextSocket } from './driver.ts';

/** Opens a WebSocket without compression and without checking or decoding what comes in. */
export function openTextSocket(url: URL): Promise<TextSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
    let take: (frame: Buffer) => void = () => {};
    socket.on('message', (data) => take(data as Buffer));
    socket.once('error', reject);
    socket.once('open', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.terminate());
      resolve({
        send: (text) => socket.send(text),
        onFrame: (next) => {
          take = next;
        },
        close: () => closeTextSocket(socket),
      });
    });
  });
}

const closeMilliseconds = 10_000;

function closeTextSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => socket.terminate(), closeMilliseconds);
    socket.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    socket.close();
  });
}
