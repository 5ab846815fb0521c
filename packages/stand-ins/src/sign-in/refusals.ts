/** As RFC 6749 has it. */
export function oauthRefusal(status: number, error: string, description: string, more: object = {}): Response {
  return Response.json({ error, error_description: description, ...more }, { status });
}
