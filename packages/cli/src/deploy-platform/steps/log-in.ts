import { isRecord } from '../../json/is-record.ts';
import { deployFailure } from '../failure.ts';
import type { Workshop } from '../workshop.ts';

export interface Account {
  readonly id: string;
  readonly name: string;
}

/** Logs in if nobody is logged in yet, and says on which account everything will happen. */
export async function logIn(workshop: Workshop): Promise<Account> {
  const { accounts, output } = (await whoAmI(workshop)) ?? (await askToLogIn(workshop));
  const chosen = workshop.account === undefined ? accounts : accounts.filter((account) => account.id === workshop.account);
  const [account, another] = chosen;
  if (account === undefined) {
    const which = workshop.account === undefined ? 'any account' : `the account ${workshop.account}`;
    throw deployFailure(
      `This login does not reach ${which}.`,
      output,
      'Log in as somebody else (`npx wrangler login`), or choose another account.',
    );
  }
  if (another !== undefined) {
    const list = accounts.map(({ id, name }) => `CLOUDFLARE_ACCOUNT_ID=${id} npm run deploy   # ${name}`);
    throw deployFailure('This login reaches several accounts.', output, `Choose one:\n${list.join('\n')}`);
  }
  return account;
}

interface Login {
  readonly accounts: readonly Account[];
  readonly output: string;
}

/** Null if nobody is logged in. */
async function whoAmI(workshop: Workshop): Promise<Login | null> {
  const { ok, stdout, output } = await workshop.wrangler.run(['whoami', '--json']);
  const answer = parseJson(stdout);
  if (isRecord(answer) && answer['loggedIn'] === false) return null;
  if (!ok || !isRecord(answer) || !Array.isArray(answer['accounts']))
    throw deployFailure('Cloudflare does not say who is logged in.', output);
  return { accounts: answer['accounts'].flatMap(toAccount), output };
}

async function askToLogIn(workshop: Workshop): Promise<Login> {
  if (!workshop.interactive) {
    throw deployFailure('Nobody is logged in to Cloudflare.', '', 'Run `npx wrangler login` first, or set CLOUDFLARE_API_TOKEN.');
  }
  workshop.say('Nobody is logged in to Cloudflare yet. wrangler opens a browser for it.');
  const ended = await workshop.wrangler.interact(['login']);
  const login = ended ? await whoAmI(workshop) : null;
  if (login === null)
    throw deployFailure('The login was not finished.', '', 'Run `npm run deploy` again, or log in with `npx wrangler login` first.');
  return login;
}

function toAccount(value: unknown): Account[] {
  return isRecord(value) && typeof value['id'] === 'string' ? [{ id: value['id'], name: String(value['name']) }] : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: wrangler failed before it could answer, and the caller shows what it printed.
    return null;
  }
}
