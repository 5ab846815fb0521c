import type { Message } from './message.ts';

/** ms */
const patience = 10_000;
/** Characters of what a refusal says. */
const mostTold = 300;

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Never repeated, whatever the other side says. */
  readonly secret: string;
  readonly to: Message['to'];
}

/**
 * Hands a message to whoever brings it.
 *
 * @throws Error that says who did not take it and why, without secrets, and without naming who it was for
 */
export async function post(fetch: typeof globalThis.fetch, { url, headers, body, secret, to }: Posted): Promise<void> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${host} cannot be reached: ${withoutNames(why, secret, to)}`, { cause });
  }
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const told = withoutNames(reasonIn(await response.text().catch(() => '')), secret, to);
  throw new Error(`${host} answers ${response.status} to a message${told === '' ? '.' : `: ${told}`}`);
}

/** As Twilio, Resend and most others put it. */
function reasonIn(text: string): string {
  let known: unknown = null;
  try {
    known = JSON.parse(text);
  } catch {
    // A page, say: it is no reason for anybody.
  }
  if (typeof known !== 'object' || known === null) return '';
  const { code, message, error } = known as { readonly code?: unknown; readonly message?: unknown; readonly error?: unknown };
  const reason = [message, error].find((each) => typeof each === 'string') ?? '';
  return `${String(reason)}${typeof code === 'number' || typeof code === 'string' ? ` (code ${code})` : ''}`.trim().slice(0, mostTold);
}

function withoutNames(text: string, secret: string, to: string): string {
  return [secret, to].filter((each) => each !== '').reduce((told, each) => told.replaceAll(each, '***'), text);
}
