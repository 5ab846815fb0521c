import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { providerGuides } from '../src/commands/auth/provider-credentials.ts';

const newKey = (namedCurve: string): string =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const [ec, other] = [newKey('P-256'), newKey('P-384')];
const uuid = '11111111-2222-3333-4444-555555555555';
const hex = (count: number): string => 'a1'.repeat(count / 2);

const cases: readonly (readonly [provider: string, name: string, right: readonly string[], wrong: readonly string[]])[] = [
  ['google', 'CLIENT_ID', ['1234-abcd.apps.googleusercontent.com'], ['AIzaSyAnApiKey', 'https://x.apps.googleusercontent.com']],
  ['google', 'CLIENT_SECRET', ['GOCSPX-abcdefgh'], ['', 'two words']],
  ['github', 'CLIENT_ID', ['Ov23liAbCdEf01234567', 'Iv1.0123456789abcdef', hex(20)], ['my-app', '']],
  ['github', 'CLIENT_SECRET', [hex(40)], ['ghp_0123456789', hex(38)]],
  ['discord', 'CLIENT_ID', ['157730590492196864'], ['my-bot']],
  ['discord', 'CLIENT_SECRET', ['abcdefghijklmnopqrstuvwxyz_-0123'], ['x']],
  ['apple', 'CLIENT_ID', ['com.example.web'], ['example']],
  ['apple', 'TEAM_ID', ['A1B2C3D4E5'], ['my team', 'a1b2c3d4e5']],
  ['apple', 'KEY_ID', ['F6G7H8I9J0'], ['AuthKey_F6G7H8I9J0']],
  ['apple', 'PRIVATE_KEY', [ec], [other, 'MIGTAgEA', '']],
  ['microsoft', 'CLIENT_ID', [uuid], ['my-app']],
  ['microsoft', 'CLIENT_SECRET', ['abc8Q~abcdefghijklmnopqrstuvwxyz'], [uuid]],
  ['microsoft', 'TENANT_ID', [uuid, 'common', 'organizations', 'consumers', 'contoso.onmicrosoft.com'], ['my tenant', 'everybody']],
  ['twitter', 'CLIENT_ID', ['VGhpc0lzQW5FeGFtcGxlOjE6Y2k'], ['an api key']],
  ['facebook', 'CLIENT_ID', ['1234567890123456'], ['my-app']],
  ['facebook', 'CLIENT_SECRET', [hex(32)], [hex(30)]],
];

test.each(cases)('%s %s: what it hands out is taken, and what is no such thing is not', (provider, name, right, wrong) => {
  const credential = providerGuides[provider]?.credentials.find((each) => each.name === name);
  expect(right.map((value) => credential?.problem(value))).toEqual(right.map(() => null));
  expect(wrong.map((value) => typeof credential?.problem(value))).toEqual(wrong.map(() => 'string'));
});

test('for each credential it is known how it looks', () => {
  const told = Object.entries(providerGuides).flatMap(([provider, { credentials }]) =>
    credentials.map(({ name }) => `${provider} ${name}`),
  );
  const seen = cases.map(([provider, name]) => `${provider} ${name}`);
  expect(told.filter((each) => each !== 'twitter CLIENT_SECRET').toSorted()).toEqual(seen.toSorted());
});
