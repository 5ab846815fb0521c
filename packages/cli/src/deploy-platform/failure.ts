/** What can go wrong on an account, and what to do about it. */
import { BetterBaseError } from '@betterbase/core';

/** Told apart by what Cloudflare answers, because wrangler passes its texts on. The first that fits counts. */
const remedies: readonly (readonly [sign: RegExp, hint: string])[] = [
  [
    /10195|worker_loader is invalid|Dynamic Workers?, you must switch/i,
    'BetterBase loads apps at run time, which needs the Workers Paid plan: https://dash.cloudflare.com/?to=/:account/workers/plans',
  ],
  [/10042|enable R2/i, 'Switch R2 on once, in the dashboard: https://dash.cloudflare.com/?to=/:account/r2'],
  [
    /register a workers\.dev subdomain|workers\/onboarding/i,
    'Choose a workers.dev subdomain once, in the dashboard: https://dash.cloudflare.com/?to=/:account/workers/onboarding',
  ],
  [
    /Unable to resolve|fetch failed|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/i,
    'Cloudflare cannot be reached from here. Check the network.',
  ],
  [
    /code: 10000|code: 9109|code: 10001|Authentication (error|failed)|Unauthorized/i,
    'The token may not do this. It needs, for the account: Workers Scripts, D1, Workers R2 Storage and Queues (edit), and Account Settings (read).',
  ],
  [
    /Maximum number of databases|code: 7406/i,
    'The account has as many D1 databases as its plan allows. Delete one, or move to a larger plan.',
  ],
  [/set a CLOUDFLARE_API_TOKEN/i, 'Log in with `npx wrangler login`, or set CLOUDFLARE_API_TOKEN.'],
];

const otherwise = 'Read what wrangler said, mend it, and run `npm run deploy` again: what is done already is not done twice.';

/** @param output what wrangler printed */
export function deployFailure(message: string, output: string, hint?: string): BetterBaseError {
  const remedy = hint ?? remedies.find(([sign]) => sign.test(output))?.[1] ?? otherwise;
  return new BetterBaseError('platform/does-not-deploy', message, { hint: remedy, details: { output } });
}
