import type { Breakdown } from './runtime-host.ts';

export interface NamedCall {
  readonly path: string;
  readonly kind: string;
}

/** Says what is known about why the runtime had to be started again. */
export function explainBreakdown(breakdown: Breakdown, call: NamedCall | null, isDeploying: boolean): string {
  const what =
    breakdown === 'hung'
      ? 'held the runtime for about 2 s without an end and was stopped'
      : 'was running, or had just run, when the runtime died';
  if (call !== null) return `${call.path} (${call.kind}) ${what}. Starting again.`;
  if (isDeploying)
    return `The code outside of functions ${what}. Starting again with the last good version; change the code to deploy again.`;
  return `The runtime ${breakdown === 'hung' ? 'stopped answering' : 'died'}, and no function call was known to run. Starting again.`;
}
