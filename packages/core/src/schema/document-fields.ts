import type { ValidatorJson } from '../validators/validator-json.ts';

/** The kinds of object a document can be: one, or the members of a union. Null: not known, anything may be in it. */
export function documentShapes(document: ValidatorJson): readonly Extract<ValidatorJson, { type: 'object' }>[] | null {
  switch (document.type) {
    case 'object':
      return [document];
    case 'union': {
      const shapes = document.value.map(documentShapes);
      return shapes.includes(null) ? null : shapes.flatMap((shape) => shape ?? []);
    }
    default:
      return null;
  }
}

/** The names of all top-level fields. */
export function documentFields(document: ValidatorJson): readonly string[] {
  const shapes = documentShapes(document) ?? [];
  return [...new Set(shapes.flatMap((shape) => Object.keys(shape.value)))];
}

/** What validators a path like `author.name` may lead to. Empty: no document can have such a field. */
export function validatorsAt(document: ValidatorJson, path: readonly string[]): readonly ValidatorJson[] {
  const [head, ...tail] = path;
  if (head === undefined) return [document];
  switch (document.type) {
    case 'object': {
      const field = Object.hasOwn(document.value, head) ? document.value[head] : undefined;
      return field === undefined ? [] : validatorsAt(field.fieldType, tail);
    }
    case 'union':
      return document.value.flatMap((member) => validatorsAt(member, path));
    case 'record':
      return validatorsAt(document.values.fieldType, tail);
    case 'any':
      return [document];
    default:
      return [];
  }
}
