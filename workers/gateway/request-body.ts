import { BetterBaseError, fixedLimits } from '@betterbase/core';
import type * as z from 'zod/mini';
import type { GatewayContext } from './gateway-context.ts';
import { inEnglish } from './schema-messages.ts';

/** Bytes. Arguments may have 16 MiB; the rest is what is around them. */
const mostBodyBytes = fixedLimits.httpCallBytes.value;

const mostDiscardedBytes = 100 * 1024 * 1024;

/** @throws BetterBaseError `http/body-too-large`, `http/bad-json` */
export async function readJson(request: Request): Promise<unknown> {
  const header = request.headers.get('content-length');
  const announced = Number(header ?? 0);
  if (announced > mostBodyBytes) {
    // A client that is cut off while it sends sees a broken connection instead of the answer.
    if (announced <= mostDiscardedBytes) await request.body?.pipeTo(new WritableStream());
    throw tooLarge();
  }
  const text = header === null ? await readUnannounced(request) : await request.text();
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch (cause) {
    const reason = cause instanceof Error ? ` ${cause.message}.` : '';
    throw new BetterBaseError('http/bad-json', `Invalid JSON body.${reason}`, {
      hint: 'Send JSON, for instance {"path": "queries/todos:list", "args": {}}.',
      cause,
    });
  }
}

/** A body that does not say how long it is may go on for ever. */
async function readUnannounced(request: Request): Promise<string> {
  const body: ReadableStream<Uint8Array> | null = request.body;
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBodyBytes) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(): BetterBaseError {
  return new BetterBaseError('http/body-too-large', `The body is larger than ${mostBodyBytes} bytes.`, {
    hint: 'Send large data as a file.',
  });
}

/** @throws BetterBaseError `http/bad-json`, `http/body-too-large`, `http/bad-body` */
export async function parseJson<T>({ req }: GatewayContext, shape: z.ZodMiniType<T>, hint: string): Promise<T> {
  const parsed = shape.safeParse(await readJson(req.raw), inEnglish);
  if (parsed.success) return parsed.data;
  throw new BetterBaseError('http/bad-body', 'The body is not what is wanted here.', {
    hint,
    details: { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) },
  });
}
