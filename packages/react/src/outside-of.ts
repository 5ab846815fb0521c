import { BetterBaseError } from '@betterbase/client';

/** A hook is used where no such provider is. */
export function outsideOf(provider: string): BetterBaseError {
  return new BetterBaseError('config/invalid', `This component is not inside of a <${provider}>.`, {
    hint: `Put <${provider} url="https://host/p/my-project"> around the app.`,
  });
}
