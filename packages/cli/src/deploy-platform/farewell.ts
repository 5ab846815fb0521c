import type { PlatformDeployment } from './deploy-platform.ts';

/** What somebody who has just deployed wants to know. */
export function farewell({ url, adminKey, setup }: PlatformDeployment): readonly string[] {
  const key =
    adminKey === null
      ? [
          'The admin key is on the machine that deployed first, in .betterbase/deploy.json.',
          'If it is lost, `npm run deploy -- --new-admin-key` makes another and the old one stops working.',
        ]
      : ['The admin key opens every project. It is in .betterbase/deploy.json, readable by you only.'];
  return [
    '',
    `BetterBase is at ${url}`,
    ...key,
    ...(setup === null ? [] : ['', 'The first admin, who signs in with a password and invites others, is made at', `  ${setup}`]),
    '',
    'To bring an app there, in its folder:',
    `  export BETTERBASE_URL=${url}`,
    `  export BETTERBASE_KEY=${adminKey ?? '<the admin key>'}`,
    '  bb deploy --project my-app',
    '',
    `The app's clients then connect to ${url}/p/my-app`,
  ];
}
