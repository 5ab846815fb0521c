/** Names one request in answers and in logs. */
export function newRequestId(): string {
  return crypto.randomUUID();
}
