/** A token that nobody has signed, as clients read them: 100 s old and good for another 500 s unless the claims say otherwise. */
export function testToken(user: string, claims: Readonly<Record<string, unknown>> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: 'https://issuer.example.com', sub: user, iat: now - 100, exp: now + 500, ...claims };
  return ['{"alg":"none"}', JSON.stringify(payload), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

/** Tokens from a cache, and new ones when they are asked for; what was asked is written down. */
export class TokenSource {
  readonly asked: boolean[] = [];
  /** By turns, the last one for ever after; an error is thrown. */
  readonly #answers: (string | null | Error)[];

  constructor(...answers: (string | null | Error)[]) {
    this.#answers = answers;
  }

  readonly fetch = async ({ forceRefreshToken }: { readonly forceRefreshToken: boolean }): Promise<string | null> => {
    this.asked.push(forceRefreshToken);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer instanceof Error) throw answer;
    return answer ?? null;
  };
}
