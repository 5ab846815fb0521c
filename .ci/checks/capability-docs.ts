/** docs/capabilities.md, made from the table of what each place of documents can do. */
import { capabilities, type Capability, capabilityNames, type StorePlace, storePlaces } from '@betterbase/core/config';

const headings: Readonly<Record<StorePlace, string>> = {
  embedded: 'Embedded',
  d1: 'D1',
  turso: 'Turso',
  neon: 'Neon, PostgreSQL, Supabase',
};

export function renderCapabilityDocs(): string {
  const notes = new Notes();
  const rows = capabilityNames.map((name) => {
    const capability: Capability = capabilities[name];
    return [capability.title, ...storePlaces.map((place) => cell(capability, place, notes))];
  });
  return [introduction, table(['', ...storePlaces.map((place) => headings[place])], rows), notes.text(), ending].join('\n\n');
}

function cell({ how, lacks }: Capability, place: StorePlace, notes: Notes): string {
  const [answer, words] = lacks?.[place] === undefined ? ['yes', how?.[place]] : ['**no**', lacks[place]];
  return words === undefined ? answer : `${answer} ${notes.sign(words)}`;
}

/** Words that several cells share are said once. */
class Notes {
  readonly #words: string[] = [];

  sign(words: string): string {
    if (!this.#words.includes(words)) this.#words.push(words);
    return `(${this.#words.indexOf(words) + 1})`;
  }

  text(): string {
    return this.#words.map((words, at) => `${at + 1}. ${words}`).join('\n');
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`.replace('|  |', '| |')).join('\n');
}

const introduction = `# What each provider can do

Functions, subscriptions and clients are the same wherever [documents rest](providers.md). What differs:`;

const ending = `What is lacking is refused with \`provider/cannot\`, with the reason: when the app is bundled, at the place in the code that asks for it, and
where the code does not say it in so many words (\`ctx.db.execute\`), when it is called.

Each line but the last is a suite of tests that every place passes if it is not said to lack it, and then is seen not to have it: in workerd
on Durable Objects, and through the drivers against real D1, libSQL and PostgreSQL (\`packages/providers/test/remote-store.journey.test.ts\`).
The table is \`packages/core/src/config/capabilities.ts\`; this file is made from it by \`npm run docs:capabilities\`.
`;
