/** `npm run deploy [-- --new-admin-key]` */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { isRecord } from '../json/is-record.ts';
import { checkoutRoot } from '../platform/checkout.ts';
import { formatFailure, toFailure } from '../terminal/error-report.ts';
import { processTerminal } from '../terminal/terminal.ts';
import { deployPlatform } from './deploy-platform.ts';
import { farewell } from './farewell.ts';
import { installedWrangler } from './wrangler.ts';

const terminal = processTerminal();
const unknown = process.argv.slice(2).filter((argument) => argument !== '--new-admin-key');

if (unknown.length > 0) {
  terminal.problem(`There is no ${unknown.join(' ')}. The only option is --new-admin-key.`);
  process.exitCode = 2;
} else {
  await deploy();
}

async function deploy(): Promise<void> {
  try {
    const deployment = await deployPlatform(
      {
        root: checkoutRoot,
        wrangler: installedWrangler(checkoutRoot, process.env),
        interactive: process.stdin.isTTY && process.env['CI'] === undefined,
        account: process.env['CLOUDFLARE_ACCOUNT_ID'],
        newKey: () => `bb_admin_${randomBytes(32).toString('base64url')}`,
        status: getStatus,
        wait,
        say: (line) => terminal.line(line),
      },
      { newAdminKey: process.argv.includes('--new-admin-key') },
    );
    for (const line of farewell(deployment)) terminal.line(line);
  } catch (error) {
    const failure = toFailure(error);
    const output = isRecord(failure.details) ? failure.details['output'] : undefined;
    if (typeof output === 'string' && output !== '') terminal.problem(`\nwrangler said:\n${output.replaceAll(/^/gm, '  │ ')}\n`);
    terminal.problem(formatFailure(failure, terminal.colors));
    process.exitCode = 1;
  }
}

async function getStatus(url: string, key?: string): Promise<number | null> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) }).catch(() => null);
  await response?.body?.cancel();
  return response?.status ?? null;
}
