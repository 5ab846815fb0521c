/** `fetch`, or what stands in for it: to look at addresses first, say. */
export type Send = (request: string | Request, init?: RequestInit) => Promise<Response>;
