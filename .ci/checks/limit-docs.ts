/** docs/limits.md, made from the tables of limits. */
import { type FixedLimit, fixedLimits, type LimitRow, limitNames, limitTable } from '@betterbase/core';
import { maxFrameBytes, maxUnacknowledged, maxUnacknowledgedCharacters } from '@betterbase/protocol';

/** What the protocol fixes. */
const onSockets: Readonly<Record<string, FixedLimit>> = {
  frameBytes: { value: maxFrameBytes, unit: 'bytes', what: 'a message over a socket', code: 'protocol/frame-too-large' },
  unacknowledged: {
    value: maxUnacknowledged,
    unit: 'messages',
    what: 'changes sent to a client that it has not confirmed',
    code: 'session/too-slow',
  },
  unacknowledgedCharacters: {
    value: maxUnacknowledgedCharacters,
    unit: 'characters',
    what: 'all such changes together, before the next; one may be longer',
    code: 'session/too-slow',
  },
};

export function renderLimitDocs(): string {
  const own = limitNames.map((name) => {
    const { default: value, most, unit, what, code }: LimitRow = limitTable[name];
    return [`\`${name}\``, what, amount(value, unit), most === value ? 'no' : amount(most, unit), codeOf(code)];
  });
  const fixed = Object.values({ ...fixedLimits, ...onSockets }).map(({ what, value, unit, code }: FixedLimit) => [
    what,
    amount(value, unit),
    codeOf(code),
  ]);
  return [
    introduction,
    table(['limit', 'on', 'default', 'can be raised to', 'code'], own),
    '## The same for every project',
    table(['limit on', 'value', 'code'], fixed),
    ending,
  ].join('\n\n');
}

function codeOf(code: string | null): string {
  return code === null ? 'none: the rest is left out' : `\`${code}\``;
}

function amount(value: number, unit: string): string {
  if (unit === 'bytes' && value % mebibyte === 0) return `${value / mebibyte} MiB`;
  return `${value.toLocaleString('en-US')} ${unit}`;
}

const mebibyte = 1024 * 1024;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const introduction = `# Limits

Every limit has an error code of its own. The error says what was measured and what is allowed, in its message and, for code, in
its \`details\`: \`{ limit, measured, allowed }\`. A mutation that goes over a limit writes nothing.

## What a project can set

\`\`\`ts
// betterbase.config.ts
import { defineConfig } from '@betterbase/core';

export default defineConfig({
  project: { name: 'chat' },
  limits: { documentsRead: 64_000, logLines: 50 },
});
\`\`\`

Limits travel with the code: they hold from the next \`bb deploy\` on (\`bb dev\` deploys when the file changes), and an earlier
deployment brings its own back. In tests, \`betterbaseTest(schema, modules, { transactionLimits: { documentsRead: 10 } })\` takes the
same names. \`GET /admin/projects/<project>/limits\` shows what holds now. Under \`bb dev\`, and in tests, a call that uses 80 % of a
limit says so in its log.`;

const ending = `## How things are counted

- Documents weigh their text's length, 8 bytes a number, what bytes they hold, and the names of their fields. A document that a
  mutation writes several times counts once. What it reads of its own writes does not count.
- Bytes of arguments and results are characters of their JSON.
- Documents compared by a vector search, or counted by \`count()\`, are not read.
- Time is what passes while a query or mutation runs. Where the platform holds the clock still during a run, its limit on CPU
  ends what takes too long instead.
- An action or HTTP route has no limit on time of its own; the platform ends one that uses 30 s of CPU.

This file is made from the tables in \`packages/core/src/limits\` by \`npm run docs:limits\`.
`;
