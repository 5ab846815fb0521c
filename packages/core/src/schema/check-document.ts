import type { ValidatorJson } from '../validators/validator-json.ts';
import { documentFields } from './document-fields.ts';
import { nameProblem } from './name-problem.ts';
import type { SchemaProblem } from './schema-problem.ts';

/** What is wrong with the documents of a table: they are objects, and their fields become columns. */
export function checkDocument(table: string, document: ValidatorJson): SchemaProblem[] {
  if (!isDocument(document)) {
    return [
      {
        code: 'schema/invalid',
        message: `Table \`${table}\`: a document is an object, not ${document.type}.`,
        hint: 'Use fields, v.object({ … }), or v.union of objects.',
      },
    ];
  }
  const fields = documentFields(document);
  const problems: SchemaProblem[] = [];
  const seen = new Map<string, string>();
  for (const field of fields) {
    const problem = nameProblem('field', field, ` in table \`${table}\``);
    if (problem !== null) problems.push({ code: 'schema/bad-field-name', ...problem });
    const other = seen.get(field.toLowerCase());
    if (other !== undefined) {
      problems.push({
        code: 'schema/bad-field-name',
        message: `Table \`${table}\`: fields \`${other}\` and \`${field}\` differ only in case, and SQL does not tell them apart.`,
        hint: 'Rename one of them.',
      });
    }
    seen.set(field.toLowerCase(), field);
  }
  return problems;
}

function isDocument(json: ValidatorJson): boolean {
  if (json.type === 'union') return json.value.length > 0 && json.value.every(isDocument);
  return json.type === 'object' || json.type === 'any';
}
