import type { ValidatorJson } from '@betterbase/protocol';

/** A validator the way TypeScript would write its type, for people and agents to read. */
export function typeText(json: ValidatorJson): string {
  switch (json.type) {
    case 'id':
      return `Id<"${json.tableName}">`;
    case 'literal':
      return typeof json.value === 'object' ? Object.values(json.value).join() : JSON.stringify(json.value);
    case 'array':
      return `Array<${typeText(json.value)}>`;
    case 'object':
      return `{ ${fieldTexts(json).join('; ')} }`;
    case 'record':
      return `Record<${typeText(json.keys)}, ${typeText(json.values.fieldType)}>`;
    case 'union':
      return json.value.map(typeText).join(' | ');
    case 'vector':
      return `vector(${json.dimensions})`;
    case 'bytes':
      return 'ArrayBuffer';
    case 'datetime':
    case 'fullText':
      return 'string';
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
    case 'bigint':
    case 'any':
      return json.type;
    default:
      return json satisfies never;
  }
}

function fieldTexts(json: Extract<ValidatorJson, { type: 'object' }>): string[] {
  return Object.entries(json.value).map(([name, field]) => `${name}${field.optional ? '?' : ''}: ${typeText(field.fieldType)}`);
}
