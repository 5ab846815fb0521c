/** `_generated/drizzle.ts`: the tables of the schema in Drizzle's words, with the columns that documents are stored in. */
import type { FieldJson } from '@betterbase/core';
import { type ColumnLayout, layoutTable } from '@betterbase/engine';
import type { TableManifest, ValidatorJson } from '@betterbase/protocol';
import { header } from './generated-text.ts';

interface Reference {
  readonly from: string;
  readonly field: string;
  readonly to: string;
}

export function drizzleFile(tables: readonly TableManifest[]): string {
  const references = tables.flatMap(referencesOf).filter(({ to }) => tables.some(({ name }) => name === to));
  const related = tables.map(({ name }) => relationsText(name, references));
  const entries = tables.map(({ name }) => `  ${name}${exportName(name) === name ? '' : `: ${exportName(name)}`},\n`);
  const relations = tables.flatMap(({ name }, at) => (related[at] === '' ? [] : [`  ${relationsName(name)},\n`]));
  return `${header}import * as _d from '@betterbase/core/drizzle';
import type { Doc as _Doc } from './dataModel.js';

type _Field<Document, Field extends keyof Document> = Exclude<Document[Field], null | undefined>;

${tables.map(tableText).join('\n')}
${related.filter((text) => text !== '').join('\n')}
const _schema = {
${entries.join('')}${relations.join('')}};

/** Importing this file makes \`ctx.db.drizzle\` know the tables. */
_d.useDrizzle(_schema);

declare global {
  interface BetterBaseDrizzle {
    readonly reader: _d.DrizzleReader<typeof _schema>;
    readonly writer: _d.DrizzleWriter<typeof _schema>;
  }
}

export default _schema;
`;
}

function tableText(table: TableManifest): string {
  const document = `_Doc<${JSON.stringify(table.name)}>`;
  const fields = table.document.type === 'object' ? table.document.value : {};
  const columns = layoutTable(table).columns.map((column) => columnText(column, fields[column.name], document));
  return `export const ${exportName(table.name)} = _d.sqliteTable(${JSON.stringify(table.name)}, {
  ..._d.systemColumns<${document}['_id']>(),
${columns.join('')}});
`;
}

function columnText({ name, kind }: ColumnLayout, field: FieldJson | undefined, document: string): string {
  const type = `.$type<_Field<${document}, ${JSON.stringify(name)}>>()`;
  const isRequired = field !== undefined && !field.optional && !mayBeNull(field.fieldType);
  const column = JSON.stringify(name);
  const builder = kind === 'boolean' ? `integer(${column}, { mode: 'boolean' })` : `${kind}(${column})`;
  return `  ${name}: _d.${builder}${type}${isRequired ? '.notNull()' : ''},\n`;
}

function mayBeNull(type: ValidatorJson): boolean {
  return type.type === 'null' || type.type === 'any' || (type.type === 'union' && type.value.some(mayBeNull));
}

function referencesOf({ name, document }: TableManifest): Reference[] {
  if (document.type !== 'object') return [];
  return Object.entries(document.value).flatMap(([field, { fieldType }]) => {
    const targets = new Set(memberTypes(fieldType).flatMap((type) => (type.type === 'id' ? [type.tableName] : [])));
    const [to] = targets;
    return targets.size === 1 && to !== undefined ? [{ from: name, field, to }] : [];
  });
}

function memberTypes(type: ValidatorJson): readonly ValidatorJson[] {
  return type.type === 'union' ? type.value.flatMap(memberTypes) : [type];
}

/** `authorId` gives the relation `author`, `author` gives `authorDocument`; the other way round it is the table's name. */
function relationsText(table: string, references: readonly Reference[]): string {
  const ones = references.filter(({ from }) => from === table).map((reference) => [oneName(reference), oneText(reference)]);
  const manys = references.filter(({ to }) => to === table).map((reference) => [manyName(reference, references), manyText(reference)]);
  if (ones.length + manys.length === 0) return '';
  const used = [...(ones.length > 0 ? ['one'] : []), ...(manys.length > 0 ? ['many'] : [])];
  const lines = [...new Map([...ones, ...manys].map(([name = '', text = '']) => [name, `  ${name}: ${text},\n`])).values()];
  return `const ${relationsName(table)} = _d.relations(${exportName(table)}, ({ ${used.join(', ')} }) => ({
${lines.join('')}}));
`;
}

function oneName({ field }: Reference): string {
  return field.length > 2 && field.endsWith('Id') ? field.slice(0, -2) : `${field}Document`;
}

function oneText({ from, field, to }: Reference): string {
  const ends = `fields: [${exportName(from)}.${field}], references: [${exportName(to)}._id]`;
  return `one(${exportName(to)}, { ${ends}, relationName: ${JSON.stringify(`${from}.${field}`)} })`;
}

function manyName({ from, field, to }: Reference, references: readonly Reference[]): string {
  const isAlone = references.filter((other) => other.from === from && other.to === to).length === 1;
  return isAlone ? from : `${from}By${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

function manyText({ from, field }: Reference): string {
  return `many(${exportName(from)}, { relationName: ${JSON.stringify(`${from}.${field}`)} })`;
}

function relationsName(table: string): string {
  return `_${table}`;
}

/** A table may have a name that no variable has. */
export function exportName(table: string): string {
  return reserved.has(table) ? `${table}_` : table;
}

const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function ' +
    'if implements import in instanceof interface let new null package private protected public return static super switch this throw true try ' +
    'typeof undefined var void while with yield'
  ).split(' '),
);
