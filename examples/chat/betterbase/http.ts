import { httpRouter } from '@betterbase/core';
import { internal } from './_generated/api';
import { httpAction } from './_generated/server';

const http = httpRouter();

/** `GET /http/export?channel=<name>`: a channel as a JSON file. */
http.route({
  path: '/export',
  method: 'GET',
  handler: httpAction(async (ctx, request) => {
    const channel = new URL(request.url).searchParams.get('channel') ?? '';
    const messages = await ctx.runQuery(internal.queries.messages.transcript, { channelName: channel });
    if (messages === null) return new Response(`There is no channel #${channel}.`, { status: 404 });
    return new Response(JSON.stringify({ channel, messages }, null, 2), {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(channel)}.json`,
      },
    });
  }),
});

export default http;
