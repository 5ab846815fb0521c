import { httpRouter } from '@betterbase/core';
import { internal } from './_generated/api';
import { httpAction } from './_generated/server';

const http = httpRouter();
const prefix = '/export/';

/** `GET /http/export/<channel>`: a channel as a JSON file. */
http.route({
  pathPrefix: prefix,
  method: 'GET',
  handler: httpAction(async (ctx, request) => {
    const { pathname } = new URL(request.url);
    const channelName = decodeURIComponent(pathname.slice(pathname.lastIndexOf(prefix) + prefix.length));
    const messages = await ctx.runQuery(internal.queries.messages.transcript, { channelName });
    if (messages === null) return new Response(`There is no channel #${channelName}.`, { status: 404 });
    return new Response(JSON.stringify({ channel: channelName, messages }, null, 2), {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(channelName)}.json`,
      },
    });
  }),
});

export default http;
