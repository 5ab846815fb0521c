import { z } from 'zod';
import { requiredText } from './texts.ts';

const reference = /^process\.env\.[A-Za-z_][A-Za-z0-9_]*$/;
const address = /^https?:\/\/\S+$/;

/** Who is told about changes of a table. */
export const webhookSchema = z.strictObject({
  id: z.string().min(1),
  table: z.string().min(1),
  events: z.array(z.enum(['INSERT', 'UPDATE', 'DELETE'])).min(1, 'name at least one of INSERT, UPDATE, DELETE'),
  url: requiredText('url is missing; is the environment variable set where this runs?').refine(
    (url) => reference.test(url) || address.test(url),
    'is to be an http(s) URL, or a reference such as process.env.WEBHOOK_URL',
  ),
  /** Signs the deliveries. */
  secret: requiredText('secret is missing; is the environment variable set where this runs?'),
  enabled: z.boolean().default(true),
});
