/** A stand-in for Twilio's Messages API on this machine: takes what Twilio takes, and refuses in its words. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Twilio {
  readonly url: string;
  readonly sid: string;
  readonly token: string;
  /** What was taken. */
  readonly sent: { readonly From: string; readonly To: string; readonly Body: string }[];
  /** The next message is one too many. */
  isBusy: boolean;
  /** The next message is never answered: the connection ends. */
  isGone: boolean;
  stop(): Promise<void>;
}

export async function startTwilio(): Promise<Twilio> {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The stand-in has no port.');
  const twilio: Twilio = {
    url: `http://127.0.0.1:${address.port}`,
    sid: 'AC0123456789abcdef0123456789abcdef',
    token: 'a token that only the project knows',
    sent: [],
    isBusy: false,
    isGone: false,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const refuse = (status: number, code: number, message: string): void => {
      const moreInfo = `https://www.twilio.com/docs/errors/${code}`;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ code, message, more_info: moreInfo, status }));
    };
    if (twilio.isGone) {
      twilio.isGone = false;
      request.socket.destroy();
      return;
    }
    const path = `/2010-04-01/Accounts/${twilio.sid}/Messages.json`;
    if (request.method !== 'POST' || !/^\/2010-04-01\/Accounts\/[^/]+\/Messages\.json$/.test(request.url ?? ''))
      return refuse(404, 20404, `The requested resource ${request.url} was not found`);
    const wanted = `Basic ${Buffer.from(`${twilio.sid}:${twilio.token}`).toString('base64')}`;
    if (request.headers.authorization !== wanted || request.url !== path) return refuse(401, 20003, 'Authenticate');
    if (twilio.isBusy) {
      twilio.isBusy = false;
      return refuse(429, 20429, 'Too Many Requests');
    }
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true)
      return refuse(400, 21603, "A 'From' phone number is required.");
    const { From = '', To = '', Body = '' } = Object.fromEntries(new URLSearchParams(body));
    if (From === '') return refuse(400, 21603, "A 'From' phone number is required.");
    if (Body === '') return refuse(400, 21602, 'Message body is required.');
    if (To.startsWith('+1555000')) return refuse(400, 21211, `The 'To' number ${To} is not a valid phone number.`);
    twilio.sent.push({ From, To, Body });
    const sid = `SM${String(twilio.sent.length).padStart(32, '0')}`;
    response.writeHead(201, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        sid,
        account_sid: twilio.sid,
        from: From,
        to: To,
        body: Body,
        status: 'queued',
        error_code: null,
        error_message: null,
      }),
    );
  }
  return twilio;
}
