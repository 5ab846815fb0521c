import type { ValidatorJson } from '@betterbase/core';
import type { MoveClient } from './move-client.ts';
import type { Progress } from './progress.ts';
import type { TableSource } from './table-sources.ts';

/** One request has about so much: a lost one is sent again. */
const requestCharacters = 2 * 1024 * 1024;

/** Sends a table's documents, in requests of a bounded size. */
export async function sendTable(
  client: MoveClient,
  id: string,
  source: TableSource,
  schema: ValidatorJson,
  progress: Progress,
): Promise<void> {
  const { table } = source;
  progress.begin(table);
  let from = 1;
  let next = 1;
  let documents = 0;
  let text = '';
  const send = async (): Promise<void> => {
    if (text === '') return;
    await client.sendLines(id, table, from, text);
    progress.add(documents, text.length);
    from = next;
    documents = 0;
    text = '';
  };
  for await (const line of source.lines(schema)) {
    text += `${line}\n`;
    next++;
    if (line.trim() !== '') documents++;
    if (text.length >= requestCharacters) await send();
  }
  await send();
}
