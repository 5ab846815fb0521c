import type { CallPort } from './call-port.ts';

interface Kept {
  readonly port: CallPort;
  readonly later: (work: Promise<unknown>) => void;
  /** The request is: what nobody waits for may go on. */
  readonly answered: () => void;
}

/**
 * Keeps a port of another isolate until what is done after the answer is done, too: it would be closed with the answer.
 *
 * @param waitUntil of the isolate, which would end before
 */
export function keepOpen(given: CallPort, waitUntil: (work: Promise<unknown>) => void): Kept {
  const port = isStub(given) ? given.dup() : given;
  let open = 1;
  const close = (): void => {
    open -= 1;
    if (open === 0 && isStub(port)) port[Symbol.dispose]();
  };
  return {
    port,
    later: (work) => {
      open += 1;
      waitUntil(work.finally(close));
    },
    answered: close,
  };
}

interface Stub extends Disposable {
  dup(): CallPort & Stub;
}

function isStub(port: CallPort): port is CallPort & Stub {
  return 'dup' in port && typeof port.dup === 'function';
}
