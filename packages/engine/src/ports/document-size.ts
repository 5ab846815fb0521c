import { BetterBaseError, limitTable } from '@betterbase/core';

/** Cloudflare's limit for a row. Enforced by every store, because local runs would let more pass. */
export const mostDocumentBytes = limitTable.documentBytes.most;

export function documentTooLarge(table: string, id: string, bytes: number): BetterBaseError {
  return new BetterBaseError(
    'document/too-large',
    `Document \`${id}\` of \`${table}\` takes ${bytes} bytes, and one document may take ${mostDocumentBytes}.`,
    {
      hint: 'Keep large texts and bytes in several documents, or in file storage.',
      details: { limit: 'documentBytes', measured: bytes, allowed: mostDocumentBytes, table, id },
    },
  );
}
