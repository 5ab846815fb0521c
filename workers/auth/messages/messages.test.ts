import { expect, test, vi } from 'vitest';
import { composeMessage } from './compose-message.ts';
import type { Message } from './message.ts';
import { openMessages } from './open-messages.ts';

const none = { twilio_account_sid: '', twilio_auth_token: '', twilio_phone_number: '' };
const mail: Message = { channel: 'email', kind: 'code', to: 'ada@example.com', subject: 'Hi', text: 'Text', html: null };
const sms: Message = { ...mail, channel: 'sms', kind: 'phone', to: '+15550100', subject: '' };

/** Everything that was asked of the network. */
function network(status = 200) {
  const asked: { url: string; headers: unknown; body: unknown }[] = [];
  const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push({ url: String(url), headers: init.headers, body: init.body });
    return new Response(null, { status });
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

test('a project’s own words are used where it has some, and what stands in for names cannot break out', () => {
  const templates = { link: { subject: 'In to {{app}}', text: '{{link}} for {{email}}', html: '<a href="{{link}}">{{app}}</a>' } };
  const facts = { kind: 'link', to: 'a"b@example.com', app: 'shop\r\nBcc: x', link: 'https://x.example/?a="><script>' } as const;
  const { subject, text, html } = composeMessage(facts, templates);
  expect(subject).toBe('In to shop Bcc: x');
  expect(text).toBe('https://x.example/?a="><script> for a"b@example.com');
  expect(html).toBe('<a href="https://x.example/?a=&quot;&gt;&lt;script&gt;">shop\r\nBcc: x</a>');
  expect(composeMessage({ kind: 'code', to: 'a@example.com', app: 'shop', code: '012345' }, {})).toMatchObject({
    channel: 'email',
    subject: '012345 is your code',
  });
});

test('messages go to Resend, to a relay, or to Twilio, as the environment says', async () => {
  const { asked, fetch } = network();
  const values = {
    RESEND_API_KEY: 'key',
    EMAIL_FROM: 'Shop <shop@example.com>',
    TWILIO_ACCOUNT_SID: 'AC1',
    TWILIO_AUTH_TOKEN: 't',
    TWILIO_PHONE_NUMBER: '+15550199',
  };
  const port = openMessages({ settings: none, values, isDevelopment: true, fetch, shared: null });
  await port.send(mail);
  await port.send(sms);
  const relay = { SMTP_RELAY_URL: 'https://relay.example/send', SMTP_RELAY_TOKEN: 'secret', EMAIL_FROM: 'shop@example.com' };
  await openMessages({ settings: none, values: relay, isDevelopment: false, fetch, shared: null }).send(mail);
  expect(asked.map(({ url }) => url)).toEqual([
    'https://api.resend.com/emails',
    'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json',
    'https://relay.example/send',
  ]);
  expect(JSON.parse(String(asked[0]?.body))).toEqual({
    from: 'Shop <shop@example.com>',
    to: 'ada@example.com',
    subject: 'Hi',
    text: 'Text',
  });
  expect(asked[1]).toMatchObject({
    headers: { authorization: `Basic ${btoa('AC1:t')}` },
    body: 'To=%2B15550100&From=%2B15550199&Body=Text',
  });
  expect(asked[2]).toMatchObject({ headers: { authorization: 'Bearer secret' } });
});

test('settings of the project come before its environment', async () => {
  const { asked, fetch } = network();
  const settings = { twilio_account_sid: 'AC2', twilio_auth_token: 't', twilio_phone_number: '+1' };
  await openMessages({ settings, values: { TWILIO_ACCOUNT_SID: 'AC1' }, isDevelopment: false, fetch, shared: null }).send(sms);
  expect(asked[0]?.url).toContain('/Accounts/AC2/');
});

test('while developing they stand in the terminal; elsewhere it is an error that nobody brings them', async () => {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { asked, fetch } = network();
  await openMessages({ settings: none, values: {}, isDevelopment: true, fetch, shared: null }).send(mail);
  expect([print.mock.calls.flat().join(), asked]).toEqual(['✉ to ada@example.com · Hi\nText', []]);
  print.mockRestore();
  await expect(openMessages({ settings: none, values: {}, isDevelopment: false, fetch, shared: null }).send(mail)).rejects.toThrow(
    'set RESEND_API_KEY or SMTP_RELAY_URL',
  );
  await expect(openMessages({ settings: none, values: {}, isDevelopment: false, fetch, shared: null }).send(sms)).rejects.toThrow(
    'TWILIO_AUTH_TOKEN',
  );
});

test('a message that was not taken is an error', async () => {
  const { fetch } = network(500);
  await expect(
    openMessages({ settings: none, values: { RESEND_API_KEY: 'k' }, isDevelopment: false, fetch, shared: null }).send(mail),
  ).rejects.toThrow('api.resend.com answers 500');
});
