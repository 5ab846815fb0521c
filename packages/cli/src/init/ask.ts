/** The questions of `bb init`, for what the command line leaves open. */
import { cancel, intro, select, text } from '@clack/prompts';
import { BetterBaseError } from '@betterbase/core';
import { isProviderName, namedProviders, type ProviderName } from '../workspace/named-provider.ts';
import { type Template, templates } from './project-files.ts';

export interface Answers {
  readonly folder: string;
  readonly template: Template;
  readonly provider: ProviderName;
}

export type Given = { readonly [Key in keyof Answers]: Answers[Key] | undefined };

const templateHints = {
  iac: 'todos: schema, queries, mutations, an action, a route',
  minimal: 'one table, one module',
} as const satisfies Record<Template, string>;
const providerHints = {
  embedded: 'in the project itself, nothing to set up',
  d1: 'in a D1 database; bb dev makes one on this machine',
  turso: 'in a database at Turso; until you have one, bb dev stands in for it',
  neon: 'in a PostgreSQL at Neon; until you have one, bb dev stands in for it',
  postgres: 'in any PostgreSQL, through Hyperdrive; bb dev stands in for it',
  supabase: 'in a PostgreSQL at Supabase, through Hyperdrive; bb dev stands in for it',
} as const satisfies Record<ProviderName, string>;

export async function ask(given: Given): Promise<Answers> {
  intro('A new BetterBase app');
  return {
    folder: given.folder ?? answered(await text({ message: 'In which folder?', placeholder: 'my-app', defaultValue: 'my-app' })),
    template:
      given.template ??
      answered<Template>(
        await select<Template>({
          message: 'What to start from?',
          options: templates.map((value) => ({ value, hint: templateHints[value] })),
        }),
      ),
    provider:
      given.provider ??
      answered<ProviderName>(
        await select<ProviderName>({
          message: 'Where do documents rest?',
          options: Object.keys(namedProviders)
            .filter(isProviderName)
            .map((value) => ({ value, hint: providerHints[value] })),
        }),
      ),
  };
}

/** A cancelled question answers with a symbol. */
function answered<Answer extends string>(answer: Answer | symbol): Answer {
  if (typeof answer === 'string') return answer;
  cancel('Nothing was made.');
  throw new BetterBaseError('usage/bad-option', 'The questions were not answered.', {
    hint: 'Run `bb init <folder> --yes` to take the defaults.',
  });
}
