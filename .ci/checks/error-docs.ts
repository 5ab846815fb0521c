/**
 * docs/errors.md: the machine's columns come from the table of codes, the sentences are written in the document itself
 * and kept.
 */
import type { CodeRow } from '@betterbase/core';

export type CodeTable = Readonly<Record<string, CodeRow>>;

const retries = { never: 'no', now: 'at once', later: 'after a while' } as const;
const blames = { caller: 'the caller', app: 'the app', us: 'BetterBase' } as const;

/** The document for a table of codes, with the sentences that `meanings` has for them. */
export function renderErrorDocs(codes: CodeTable, meanings: ReadonlyMap<string, string>): string {
  const areas = Map.groupBy(Object.entries(codes), ([code]) => code.split('/')[0] ?? code);
  const sections = [...areas].map(([area, rows]) =>
    [`## ${area}`, '', ...header, ...rows.map((row) => line(row, meanings)), ''].join('\n'),
  );
  return `${introduction}\n${sections.join('\n')}`;
}

/** The last column, by code. */
export function readMeanings(markdown: string): ReadonlyMap<string, string> {
  const rows = markdown.split('\n').flatMap((text) => {
    const [, code, meaning] = /^\| `([a-z]+\/[a-z-]+)` \|(?:[^|]*\|){4} (.*) \|$/.exec(text) ?? [];
    return code === undefined || meaning === undefined ? [] : [[code, meaning.trim()] as const];
  });
  return new Map(rows);
}

const introduction = `# Error codes

Every failure that BetterBase knows has a code: \`area/what-happened\`. A code never changes its meaning and is never used
again; the message beside it is for people and may change. Ask for the code:

\`\`\`ts
import { isBetterBaseError } from '@betterbase/core';

try {
  await client.mutation(api.mutations.messages.send, { text });
} catch (error) {
  if (isBetterBaseError(error) && error.code === 'connection/lost') return retryLater();
  throw error;
}
\`\`\`

**Status** is the HTTP status of the answer, **close** the code that a WebSocket is closed with, where an error ends a
connection. **Again?** says whether sending the same thing again can help. **Whose** says who has to change something.

This file is made from \`packages/core/src/errors/codes.ts\` by \`npm run docs:errors\`, which keeps the last column: it is
written here.
`;

const header = ['| code | status | close | again? | whose | what happened, and what to do |', '| --- | --- | --- | --- | --- | --- |'];

function line([code, row]: readonly [string, CodeRow], meanings: ReadonlyMap<string, string>): string {
  const cells = [`\`${code}\``, row.status, row.closeCode ?? '', retries[row.retry], blames[row.blame], meanings.get(code) ?? ''];
  return `| ${cells.join(' | ')} |`;
}
