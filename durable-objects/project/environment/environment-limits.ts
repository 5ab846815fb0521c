import { BetterBaseError, fixedLimits } from '@betterbase/core';
import type { StoredValue } from './environment-store.ts';

const mostValues = fixedLimits.environmentValues.value;
const longestName = fixedLimits.environmentName.value;
const mostValueBytes = fixedLimits.environmentValueBytes.value;
const mostBytes = fixedLimits.environmentBytes.value;

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The platform sets these itself. */
const reserved = /^(?:NODE_ENV|CONVEX_CLOUD_URL|CONVEX_SITE_URL|BETTERBASE_URL)$/;

const utf8 = new TextEncoder();

/**
 * Checks values to be set beside those that stay.
 *
 * @throws BetterBaseError `environment/bad-name`, `environment/too-large`
 */
export function checkChange(set: Readonly<Record<string, string>>, staying: readonly Pick<StoredValue, 'sealed'>[]): void {
  // What is sealed is at most a third longer than the value.
  let bytes = staying.reduce((sum, { sealed }) => sum + (sealed.length * 3) / 4, 0);
  for (const [given, value] of Object.entries(set)) {
    checkName(given);
    const size = utf8.encode(value).length;
    bytes += size;
    if (size > mostValueBytes) throw tooLarge(`The value of \`${given}\` has ${size} bytes; ${mostValueBytes} are the most.`);
  }
  if (bytes > mostBytes) throw tooLarge(`The values would have ${Math.ceil(bytes)} bytes together; ${mostBytes} are the most.`);
  const count = staying.length + Object.keys(set).length;
  if (count > mostValues) throw tooLarge(`That would make ${count} values; a project has ${mostValues} at most.`);
}

function checkName(given: string): void {
  if (reserved.test(given))
    throw new BetterBaseError('environment/bad-name', `\`${given}\` is set by the platform.`, { hint: 'Choose another name.' });
  if (given.length > longestName || !name.test(given))
    throw new BetterBaseError('environment/bad-name', `${JSON.stringify(given.slice(0, 80))} cannot be the name of an environment value.`, {
      hint: `A name has letters, digits and "_", does not start with a digit, and is at most ${longestName} characters long.`,
    });
}

function tooLarge(message: string): BetterBaseError {
  return new BetterBaseError('environment/too-large', message, { hint: 'Keep large settings in a table.' });
}
