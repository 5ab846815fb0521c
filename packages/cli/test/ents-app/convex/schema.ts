import { v } from 'convex/values';
import { defineEnt, defineEntSchema, getEntDefinitions } from 'convex-ents';

const schema = defineEntSchema({
  users: defineEnt({ name: v.string() })
    .field('email', v.string(), { unique: true })
    .edges('messages', { ref: true })
    .edge('profile', { ref: true })
    .deletion('soft'),
  profiles: defineEnt({ bio: v.string() }).edge('user'),
  messages: defineEnt({ text: v.string() })
    .field('stars', v.number(), { default: 0 })
    .edge('user')
    .edges('tags')
    .searchIndex('text', { searchField: 'text', filterFields: ['userId'] }),
  tags: defineEnt({ name: v.string() }).field('slug', v.string(), { index: true }).edges('messages'),
});

export default schema;
export const entDefinitions = getEntDefinitions(schema);
