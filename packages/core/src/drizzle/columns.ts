/** The columns of documents in Drizzle's words: how each kind of field is stored, and what it is in code. */
import { decodeFromJson, encodeToJson, type Value } from '@betterbase/core';
import { sql } from 'drizzle-orm';
import { customType, real, text } from 'drizzle-orm/sqlite-core';
import { toInteger } from './parameter.ts';

/** `v.int64()`: an INTEGER, a bigint in code. */
export const int64 = customType<{ data: bigint; driverData: number }>({
  dataType: () => 'integer',
  toDriver: toInteger,
  fromDriver: (number) => BigInt(number),
});

/** `v.bytes()`: a BLOB, an ArrayBuffer in code. */
export const bytes = customType<{ data: ArrayBuffer; driverData: ArrayBuffer }>({ dataType: () => 'blob' });

/** `v.vector()`: the bytes of Float32 numbers, an array of numbers in code. */
export const vector = customType<{ data: number[]; driverData: ArrayBuffer }>({
  dataType: () => 'blob',
  toDriver: (numbers) => Float32Array.from(numbers).buffer,
  fromDriver: (buffer) => Array.from(new Float32Array(buffer)),
});

/** Everything that is no plain scalar: JSON text of the encoded value, the value in code. */
export const json = customType<{ data: Value; driverData: string }>({
  dataType: () => 'text',
  toDriver: encodeToJson,
  fromDriver: (encoded) => decodeFromJson(encoded),
});

/** What every table has. The database sets them: they are read, and never written. */
export function systemColumns<Id extends string>() {
  return {
    _id: text('_id').$type<Id>().notNull().generatedAlwaysAs(sql`_id`),
    _creationTime: real('_creationTime').notNull().generatedAlwaysAs(sql`_creationTime`),
    _updatedTime: real('_updatedTime').notNull().generatedAlwaysAs(sql`_updatedTime`),
  };
}
