import { z } from 'zod';
import { optionalText, requiredText } from './texts.ts';

const policySchema = z.strictObject({
  bucket: z.string().min(1),
  operation: z.enum(['upload', 'download', 'list', 'delete', '*']),
  expression: z.string().min(1),
});

/** Where files rest. */
export const storageSchema = z.strictObject({
  provider: z.enum(['r2', 's3', 'backblaze', 'minio'], {
    error: ({ input }) =>
      input === 'managed'
        ? 'there is no managed storage; use r2, which every Cloudflare account has'
        : `${JSON.stringify(input)} is not known; use one of r2, s3, backblaze, minio`,
  }),
  bucket: requiredText('bucket is missing'),
  region: optionalText(),
  endpoint: optionalText(),
  accessKeyId: optionalText(),
  secretAccessKey: optionalText(),
  policies: z.array(policySchema).default([]),
});
