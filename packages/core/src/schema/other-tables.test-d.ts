import { expectType, type Same } from '../validators/expect-type.ts';
import {
  type AnyValue,
  type DatabaseWriter,
  type DataModelFromSchema,
  defineSchema,
  defineTable,
  type Doc,
  type Id,
  type TableNames,
  v,
} from '../runtime.ts';

const notes = defineTable({ text: v.string() }).index('by_text', ['text']);
const loose = defineSchema({ notes }, { strictTableNameTypes: false });
const strict = defineSchema({ notes }, { schemaValidation: false });
type Loose = DataModelFromSchema<typeof loose>;
type Strict = DataModelFromSchema<typeof strict>;

expectType<Same<TableNames<Strict>, 'notes'>>();
expectType<Same<TableNames<Loose>, string>>();
expectType<Same<Doc<Loose, 'notes'>, { _id: Id<'notes'>; _creationTime: number; text: string }>>();
expectType<Same<Doc<Loose, 'others'>, AnyValue>>();

export async function useTables(loosely: DatabaseWriter<Loose>, strictly: DatabaseWriter<Strict>): Promise<void> {
  const id = await loosely.insert('others', { anything: [1] });
  expectType<Same<typeof id, Id<'others'>>>();
  const other = await loosely.query('others').first();
  expectType<Same<NonNullable<typeof other>['whatever'], AnyValue>>();
  await loosely
    .query('notes')
    .withIndex('by_text', (q) => q.eq('text', 'x'))
    .first();
  // @ts-expect-error a note has a text
  await loosely.insert('notes', { txt: 'x' });
  // @ts-expect-error the schema names no such table
  await strictly.insert('others', {});
}
