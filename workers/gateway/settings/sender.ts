/** Who a mail is from. */
export interface Sender {
  /** As it is shown; empty: none. */
  readonly name: string;
  readonly address: string;
}

/** `Shop <shop@example.com>`, or the address alone. */
export function parseSender(text: string): Sender {
  const found = /^\s*(?<name>.*?)\s*<(?<address>[^<>]*)>\s*$/.exec(text)?.groups;
  const name = (found?.['name'] ?? '').replace(/^"(.*)"$/, '$1').replace(/\\(["\\])/g, '$1');
  return { name, address: (found?.['address'] ?? text).trim() };
}

/** As one line of a mail's head: what the name has cannot end it, nor name another sender. */
export function formatSender({ name, address }: Sender): string {
  const safe = name
    .replace(/[\p{Cc}<>"\\]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return safe === '' ? address : `"${safe}" <${address}>`;
}
