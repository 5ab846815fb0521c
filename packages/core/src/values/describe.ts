/** A value in a few words, for an error message: `number 5`, `string "abc"`, `array of 3`. Never long, whatever the value. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return `string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
    case 'number':
      return `number ${Object.is(value, -0) ? '-0' : String(value)}`;
    case 'bigint':
      return `int64 ${shorten(value.toString())}`;
    case 'boolean':
      return `boolean ${String(value)}`;
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    case 'object':
      return describeObject(value);
  }
}

function describeObject(value: object | null): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (value instanceof ArrayBuffer) return `bytes (${value.byteLength})`;
  const name = className(value);
  if (name === null) return 'object';
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${shorten(name)}`;
}

/** Null for a plain object. */
function className(value: object): string | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null || Object.getPrototypeOf(prototype) === null) return null;
  const constructor: unknown = Reflect.get(prototype, 'constructor');
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'class instance';
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
