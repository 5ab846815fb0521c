/// <reference lib="es2024.string" />

/** Why no object may have a field of this name; null when it may. */
export function fieldNameProblem(name: string): string | null {
  const first = name.charCodeAt(0);
  if (first === dollar) return 'field names that start with $ are reserved';
  // An assignment to it would change the object's prototype instead of adding a field.
  if (first === underscore && name === '__proto__') return 'a field cannot be called __proto__';
  if (!name.isWellFormed()) return 'the field name has half of a surrogate pair';
  return null;
}

const dollar = 0x24;
const underscore = 0x5f;
