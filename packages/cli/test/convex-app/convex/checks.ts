/** Validators as values: what convex-helpers does with them. */
import { brandedString, parse, partial, typedV, validate, withSystemFields } from 'convex-helpers/validators';
import { Base64, compareValues, convexToJson, getConvexSize, jsonToConvex, v } from 'convex/values';
import { query } from './_generated/server';
import schema, { Notes } from './schema';

const vv = typedV(schema);
const email = brandedString('email');

export const validators = query({
  args: { note: v.object(partial(Notes.withoutSystemFields)), who: v.optional(email), user: v.optional(vv.id('users')) },
  handler: async (_ctx, { note }) => ({
    fits: validate(v.object({ text: v.string() }), note),
    doesNot: validate(v.object(withSystemFields('notes', Notes.withoutSystemFields)), note),
    parsed: parse(v.object({ text: v.string() }), { text: 'a', more: 1 }),
    fields: Object.keys(vv.doc('notes').fields).sort(),
  }),
});

export const values = query({
  args: { value: v.any() },
  handler: async (_ctx, { value }) => ({
    same: compareValues(jsonToConvex(convexToJson(value)), value) === 0,
    bytes: getConvexSize(value),
    base64: Base64.fromByteArray(Base64.toByteArray('aGk=')),
  }),
});
