import { httpRouter } from '@betterbase/core';
import { api } from './_generated/api';
import { httpAction } from './_generated/server';

/** Routes below `/p/<project>/http`. */
const http = httpRouter();

http.route({
  path: '/todos',
  method: 'GET',
  handler: httpAction(async (ctx) => Response.json(await ctx.runQuery(api.queries.todos.list))),
});

export default http;
