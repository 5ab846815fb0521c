import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { openApiDocument } from '@betterbase/protocol/admin/openapi';
import { checkoutRoot, platformFiles } from './checkout.ts';

/** What the gateway answers at /admin/openapi.json, and the files it is made of. */
export async function openApiText(): Promise<{ readonly text: string; readonly inputs: readonly string[] }> {
  const entries = await readdir(platformFiles.contract, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return { text: JSON.stringify(openApiDocument()), inputs: files.map((file) => relative(checkoutRoot, file)) };
}
