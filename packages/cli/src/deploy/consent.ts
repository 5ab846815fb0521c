/** Deployments that take something from documents: carried out only if somebody agrees to exactly that. */
import { isBetterBaseError } from '@betterbase/core';
import type { Deployment, SchemaPlan } from '@betterbase/protocol';
import { isRecord } from '../json/is-record.ts';
import { formatChange } from '../terminal/schema-change.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface ConsentOptions {
  /** Agrees to whatever is lost. */
  readonly allowDestructive?: boolean;
  readonly json?: boolean;
}

/** Sends a deployment; when it is refused for what it takes, sends it again with the consent of that very plan. */
export async function deployWithConsent(
  send: (consent: string | null) => Promise<Deployment>,
  { allowDestructive = false, json = false }: ConsentOptions,
  terminal: Terminal,
): Promise<Deployment> {
  try {
    return await send(null);
  } catch (refused) {
    const plan = planOf(refused);
    if (plan === null || !(allowDestructive || (!json && (await agrees(plan, terminal))))) throw refused;
    return await send(plan.consent);
  }
}

export function planOf(error: unknown): SchemaPlan | null {
  if (!isBetterBaseError(error) || error.code !== 'deployment/needs-consent' || !isPlan(error.details)) return null;
  return error.details;
}

/** As the server makes it; of another version's nothing is agreed to. */
function isPlan(details: unknown): details is SchemaPlan {
  return isRecord(details) && typeof details['consent'] === 'string' && Array.isArray(details['losses']);
}

/** Asks a person; where there is none, the answer is no. */
async function agrees({ losses }: SchemaPlan, terminal: Terminal): Promise<boolean> {
  if (!terminal.isInteractive) return false;
  terminal.line(terminal.colors.yellow('This deployment takes something from documents:'));
  for (const loss of losses) terminal.line(`  ${formatChange(loss, terminal.colors)}`);
  const { confirm } = await import('@clack/prompts');
  return (await confirm({ message: 'Go on?', initialValue: false })) === true;
}
