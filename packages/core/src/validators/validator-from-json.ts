import { BetterBaseError } from '../errors/betterbase-error.ts';
import { decodeValue } from '../values/decode.ts';
import type { Literal } from './literal.ts';
import { v } from './v.ts';
import type { Validator } from './validator.ts';
import type { FieldJson, ValidatorJson } from './validator-json.ts';

type Required = Validator<unknown, 'required'>;

/**
 * The validator whose `json` this is.
 *
 * @throws BetterBaseError `schema/invalid` for a kind that does not exist.
 */
export function validatorFromJson(json: ValidatorJson): Required {
  // The package `convex` has a kind for it; here it is an int64 with a name.
  const kind: string = json.type;
  if (kind === 'commitTs') return v.commitTs();
  switch (json.type) {
    case 'any':
      return v.any();
    case 'array':
      return v.array(validatorFromJson(json.value));
    case 'bigint':
      return v.int64();
    case 'boolean':
      return v.boolean();
    case 'bytes':
      return v.bytes();
    case 'datetime':
      return v.datetime();
    case 'fullText':
      return v.fullText();
    case 'id':
      return v.id(json.tableName, json.onDelete === undefined ? {} : { onDelete: json.onDelete });
    case 'literal':
      return v.literal(decodeValue(json.value) as Literal);
    case 'null':
      return v.null();
    case 'number':
      return v.number();
    case 'object':
      return v.object(Object.fromEntries(Object.entries(json.value).map(([name, field]) => [name, fieldFromJson(field)])));
    case 'record':
      return v.record(validatorFromJson(json.keys) as Validator<string, 'required'>, validatorFromJson(json.values.fieldType));
    case 'string':
      return v.string();
    case 'union':
      return v.union(...json.value.map(validatorFromJson));
    case 'vector':
      return v.vector(json.dimensions);
    default:
      throw unknownKind(json satisfies never);
  }
}

function fieldFromJson({ fieldType, optional }: FieldJson): Validator {
  const field = validatorFromJson(fieldType);
  return optional ? v.optional(field) : field;
}

function unknownKind(json: unknown): BetterBaseError {
  return new BetterBaseError('schema/invalid', `There is no validator kind ${JSON.stringify(json)}.`, {
    hint: 'Was this written by a newer version of BetterBase?',
  });
}
