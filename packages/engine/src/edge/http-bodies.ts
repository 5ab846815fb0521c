/** Bodies of HTTP routes, which may be so large and no larger. They stream: nothing is held back to be counted. */
import { type BetterBaseError, overLimit, type ProjectLimits } from '@betterbase/core';

/** @throws BetterBaseError `http/body-too-large` at once if the request says its length, else whoever reads its body gets it */
export function limitRequest(request: Request, { httpBytes }: Pick<ProjectLimits, 'httpBytes'>): Request {
  const refuse = (measured: number): BetterBaseError =>
    overLimit('httpBytes', httpBytes, { measured, what: `The body of this request has ${measured} bytes`, hint: 'Send less at once.' });
  const length = announced(request.headers);
  if (length !== null && length > httpBytes) throw refuse(length);
  if (length !== null || request.body === null) return request;
  return new Request(request, { body: counted(request.body, httpBytes, refuse), ...halfDuplex });
}

/** @throws BetterBaseError `limit/response-size` at once if the response says its length; else its body breaks off there */
export function limitResponse(response: Response, { httpResponseBytes }: Pick<ProjectLimits, 'httpResponseBytes'>): Response {
  const refuse = (measured: number): BetterBaseError =>
    overLimit('httpResponseBytes', httpResponseBytes, {
      measured,
      what: `The body of this response has ${measured} bytes`,
      hint: 'Answer in pages, or with the address of a file.',
    });
  const length = announced(response.headers);
  if (length !== null && length > httpResponseBytes) throw refuse(length);
  if (length !== null || response.body === null) return response;
  return new Response(counted(response.body, httpResponseBytes, refuse), response);
}

/** Node insists on this for bodies that stream. */
const halfDuplex = { duplex: 'half' };

function announced(headers: Headers): number | null {
  const text = headers.get('content-length');
  return text === null ? null : Number(text);
}

function counted(
  body: ReadableStream<Uint8Array>,
  most: number,
  refuse: (measured: number) => BetterBaseError,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.byteLength;
        if (bytes > most) controller.error(refuse(bytes));
        else controller.enqueue(chunk);
      },
    }),
  );
}
