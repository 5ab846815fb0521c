import { userInfo } from 'node:os';
import { BetterBaseError } from '@betterbase/core';
import type { Deployment } from '@betterbase/protocol';
import { AdminClient } from '../admin/admin-client.ts';
import { type AppBundle, bundleApp } from '../bundle/app-bundler.ts';
import { explainError } from '../diagnostics/explain-error.ts';
import { AppSourceMap } from '../diagnostics/source-map.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Target } from '../workspace/target.ts';
import { type ConsentOptions, deployWithConsent } from './consent.ts';
import { watchProgress } from './progress.ts';

export interface SendOptions extends ConsentOptions {
  readonly message?: string;
  /** Agrees to an app whose policies are not enforced. */
  readonly allowOpenRls?: boolean;
}

export interface SentApp {
  readonly deployment: Deployment;
  readonly bundle: AppBundle;
  readonly milliseconds: number;
}

/** Bundles an app and deploys it, asking for consent where it is needed and telling how far it is. */
export async function sendApp(root: string, target: Target, options: SendOptions, terminal: Terminal): Promise<SentApp> {
  const bundle = await bundleApp(root, target.provider);
  if (!bundle.rls.enabled && options.allowOpenRls !== true) throw notEnforced();
  const admin = new AdminClient(target);
  const startedAt = performance.now();
  const labels = { provider: bundle.provider, by: deployer(), ...(options.message === undefined ? {} : { message: options.message }) };
  const send = (consent: string | null): Promise<Deployment> =>
    watchProgress(admin.deploy(bundle.app, { ...labels, ...(consent === null ? {} : { consent }) }), admin, options, terminal);
  const deployment = await deployWithConsent(send, options, terminal).catch((error: unknown) => {
    throw explainError(error, new AppSourceMap(bundle.map));
  });
  return { deployment, bundle, milliseconds: Math.round(performance.now() - startedAt) };
}

function notEnforced(): BetterBaseError {
  return new BetterBaseError(
    'policy/not-enforced',
    'betterbase.config.ts has `rls: { enabled: false }`: asUser() would show every row to everybody.',
    {
      hint: 'Take it out, or deploy with --allow-open-rls if that is what you want.',
    },
  );
}

/** Who deploys, for the history: a name for people, no proof. */
export function deployer(): string {
  try {
    return userInfo().username;
  } catch {
    // A process may run under a user without a name.
    return 'unknown';
  }
}
