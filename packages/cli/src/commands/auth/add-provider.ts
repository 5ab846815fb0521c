import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BetterBaseError, publicUrlProblem } from '@betterbase/core';
import { AdminClient } from '../../admin/admin-client.ts';
import { isStandIn, standIn } from '../../dev/sign-in/stand-in-issuer.ts';
import { openQuestions } from '../../terminal/ask-person.ts';
import { signInPort } from '../../workspace/target.ts';
import type { Target } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { type Credential, credentialName, type ProviderGuide, providerGuides, providerNames } from './provider-credentials.ts';
import { readOidc, writeOidc } from './oidc-settings.ts';
import { callbackOf } from './providers.ts';
import { type AuthOptions, patchSettings, projectOf } from './settings.ts';

export interface ProviderOptions extends AuthOptions {
  readonly issuer?: string;
  readonly scopes?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly tenantId?: string;
  readonly teamId?: string;
  readonly keyId?: string;
  /** Path. */
  readonly privateKey?: string;
}

/** Turns a provider on, puts its credentials into the environment, and says what is left to do. */
export async function addProvider(provider: string, options: ProviderOptions, context: CommandContext): CommandResult {
  const guide = Object.hasOwn(providerGuides, provider) ? providerGuides[provider] : undefined;
  return guide === undefined ? await addOwn(provider, options, context) : await addKnown(provider, guide, options, context);
}

async function addKnown(provider: string, guide: ProviderGuide, options: ProviderOptions, context: CommandContext): CommandResult {
  if (options.issuer !== undefined)
    throw new BetterBaseError('usage/bad-option', `\`${provider}\` has an issuer of its own.`, {
      hint: 'Leave --issuer out, or give yours another name.',
    });
  const { target } = await projectOf(options, context);
  const admin = new AdminClient(target);
  const there = new Set((await admin.environment()).map(({ name }) => name));
  // An Apple secret that was made elsewhere is as good as what one is made of.
  const isMade = there.has('APPLE_CLIENT_SECRET') && provider === 'apple';
  const wanted = guide.credentials.filter(({ name }) => !(isMade && name !== 'CLIENT_ID'));
  const lacks = wanted.some((credential) => credential.isOptional !== true && !there.has(credentialName(provider, credential)));
  const port = lacks && Object.values(givenOf(options)).every((value) => value === undefined) ? await portOf(options, context) : null;
  if (port !== null) return await addStandIn(provider, { target, port }, options, context);
  const set = await readCredentials(provider, wanted, { options, context, there });
  if (Object.keys(set).length > 0) await admin.changeEnvironment({ set });
  await patchSettings({ [`provider_${provider}`]: true }, options, context);
  const { [provider]: before, ...others } = await readOidc(target);
  if (before !== undefined && isStandIn(before)) await writeOidc(target, others);
  const missing = wanted
    .filter(({ isOptional }) => isOptional !== true)
    .map((credential) => credentialName(provider, credential))
    .filter((name) => !there.has(name) && !(name in set));
  const callback = callbackOf(target, provider);
  const { terminal } = context;
  if (options.json === true) terminal.line(JSON.stringify({ provider, callback, missing, console: guide.console }));
  else {
    const isReady = missing.length === 0;
    terminal.line(
      isReady
        ? `${terminal.colors.green('✔')} people may sign in with ${provider}`
        : `${terminal.colors.yellow('●')} people may sign in with ${provider} once its credentials are set: ${missing.join(', ')}`,
    );
    if (!isReady) terminal.line(`Register the app at ${guide.console}, then run this again with what you get there.`);
    terminal.line(`Tell ${provider} to send people back to (${guide.redirectLabel}):\n  ${callback}`);
    if (guide.note !== undefined) terminal.line(guide.note);
  }
  return 0;
}

function givenOf(options: ProviderOptions): Readonly<Record<Credential['name'], string | undefined>> {
  return {
    CLIENT_ID: options.clientId,
    CLIENT_SECRET: options.clientSecret,
    TENANT_ID: options.tenantId,
    TEAM_ID: options.teamId,
    KEY_ID: options.keyId,
    PRIVATE_KEY: options.privateKey,
  };
}

/** Where the `bb dev` that is meant stands in for vendors; null: it does not, or another server is meant. */
async function portOf(options: ProviderOptions, { cwd, env }: CommandContext): Promise<number | null> {
  return await signInPort(resolve(cwd, options.app), options, env);
}

interface StandInPlace {
  readonly target: Target;
  readonly port: number;
}

async function addStandIn(
  provider: string,
  { target, port }: StandInPlace,
  options: ProviderOptions,
  { terminal }: CommandContext,
): CommandResult {
  await writeOidc(target, { ...(await readOidc(target)), [provider]: standIn(port, provider) });
  const callback = callbackOf(target, provider);
  if (options.json === true) terminal.line(JSON.stringify({ provider, callback, missing: [], isStandIn: true }));
  else {
    terminal.line(
      `${terminal.colors.green('✔')} people may sign in with ${provider}: on this machine \`bb dev\` stands in for it, no account needed`,
    );
    const flags = providerGuides[provider]?.credentials
      .filter(({ isOptional }) => isOptional !== true)
      .map(({ name }) => `--${name.toLowerCase().replace('_', '-')} …`);
    terminal.line(`With credentials it is ${provider} itself: bb auth add-provider ${provider} ${flags?.join(' ')}`);
  }
  return 0;
}

interface Reading {
  readonly options: ProviderOptions;
  readonly context: CommandContext;
  /** Names that the environment has. */
  readonly there: ReadonlySet<string>;
}

/** By name in the environment: what was given, and what is asked for. @throws BetterBaseError `usage/bad-option` for what looks wrong */
async function readCredentials(
  provider: string,
  wanted: readonly Credential[],
  { options, context, there }: Reading,
): Promise<Record<string, string>> {
  const given = givenOf(options);
  const stray = Object.entries(given).find(
    ([name, value]) => value !== undefined && !wanted.some((credential) => credential.name === name),
  );
  if (stray !== undefined)
    throw new BetterBaseError('usage/bad-option', `\`${provider}\` has no ${stray[0].toLowerCase().replace('_', ' ')}.`, {
      hint: `It hands out ${wanted.map(({ label }) => label).join(', ')}.`,
    });
  // A question is asked only where somebody can answer it, and not for what is known.
  const asks = context.terminal.isInteractive && options.json !== true;
  const questions = openQuestions(context.terminal);
  const set: Record<string, string> = {};
  try {
    for (const credential of wanted) {
      const name = credentialName(provider, credential);
      const question = `${credential.label}${credential.isFile === true ? ': where is the file' : ''}?`;
      const answer =
        given[credential.name] ??
        (asks && !there.has(name)
          ? await questions[credential.isSecret === true && credential.isFile !== true ? 'secret' : 'plain'](question)
          : '');
      if (answer.trim() === '') continue;
      set[name] = await checked(provider, credential, answer.trim(), context);
    }
  } finally {
    questions.close();
  }
  return set;
}

async function checked(provider: string, credential: Credential, answer: string, { cwd }: CommandContext): Promise<string> {
  const value = credential.isFile === true ? await readKey(resolve(cwd, answer)) : answer;
  const problem = credential.problem(value);
  if (problem === null) return value;
  throw new BetterBaseError('usage/bad-option', `The ${credential.label} of ${provider} ${problem}. Nothing was changed.`, {
    hint: `Look it up at ${providerGuides[provider]?.console}.`,
  });
}

async function readKey(path: string): Promise<string> {
  return (
    await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new BetterBaseError('usage/bad-option', `${path} cannot be read.`, {
        hint: 'Name the file that Apple lets you download once.',
        cause,
      });
    })
  ).trim();
}

/** An issuer of the project's own choice. */
async function addOwn(provider: string, options: ProviderOptions, context: CommandContext): CommandResult {
  const { issuer, clientId, clientSecret, scopes } = options;
  if (issuer === undefined || clientId === undefined)
    throw new BetterBaseError('usage/bad-option', `\`${provider}\` is no provider that BetterBase knows.`, {
      hint: `Use one of ${providerNames.join(', ')}, or name an issuer of your own: --issuer https://login.example.com --client-id my-app.`,
    });
  const { target } = await projectOf(options, context);
  const problem = publicUrlProblem(issuer, isLoopback(target.url));
  if (problem !== null)
    throw new BetterBaseError('usage/bad-option', `The issuer ${issuer} cannot be asked: the address ${problem}.`, {
      hint: 'Name what its tokens have as `iss`, below which /.well-known/openid-configuration is.',
    });
  if (clientSecret !== undefined)
    await new AdminClient(target).changeEnvironment({ set: { [credentialName(provider, { name: 'CLIENT_SECRET' })]: clientSecret } });
  const wanted = scopes?.split(/[ ,]+/).filter((scope) => scope !== '');
  const own = { issuer, client_id: clientId, ...(wanted === undefined ? {} : { scopes: wanted }) };
  await writeOidc(target, { ...(await readOidc(target)), [provider]: own });
  const callback = callbackOf(target, provider);
  const { terminal } = context;
  if (options.json === true) terminal.line(JSON.stringify({ provider, callback, missing: [] }));
  else {
    terminal.line(`${terminal.colors.green('✔')} people may sign in with ${provider}`);
    terminal.line(`Tell ${provider} to send people back to:\n  ${callback}`);
  }
  return 0;
}

function isLoopback(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
