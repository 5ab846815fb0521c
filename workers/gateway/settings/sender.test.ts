import { expect, test } from 'vitest';
import { formatSender, parseSender } from './sender.ts';

test.each([
  ['shop@example.com', { name: '', address: 'shop@example.com' }],
  ['Shop <shop@example.com>', { name: 'Shop', address: 'shop@example.com' }],
  ['"Shop, Inc." <shop@example.com>', { name: 'Shop, Inc.', address: 'shop@example.com' }],
])('%s is a name and an address', (text, sender) => {
  expect(parseSender(text)).toEqual(sender);
  expect(parseSender(formatSender(sender))).toEqual(sender);
});

test('a name cannot become another sender, or a line of its own', () => {
  const name = 'Bank" <bank@bank.example>\r\nBcc: all@example.com';
  const line = formatSender({ name, address: 'shop@example.com' });
  expect(line).toBe('"Bank bank@bank.example Bcc: all@example.com" <shop@example.com>');
  expect(parseSender(line).address).toBe('shop@example.com');
});
