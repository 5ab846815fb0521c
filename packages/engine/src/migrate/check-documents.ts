import { BetterBaseError, checkValue, type Validator, validatorFromJson, type ValueProblem } from '@betterbase/core';
import { tableNumberOf } from '../ids/document-id.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';

/** A document that the new schema does not allow. */
export interface Offender extends ValueProblem {
  readonly table: string;
  readonly id: string;
}

/** How many offenders are named. The others are counted. */
const mostOffenders = 5;

/**
 * Checks documents, as the deployment leaves them, against the new schema.
 *
 * Holds: the first offenders, and how many there are.
 */
export class DocumentCheck {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #validators = new Map<string, Validator>();
  readonly #offenders: Offender[] = [];
  #count = 0;

  constructor(schema: NormalizedSchema) {
    this.#numbers = new Map(schema.tables.filter((table) => table.active).map((table) => [table.name, table.number]));
  }

  /** Whether the document is good. */
  see(table: Pick<NormalizedTable, 'name' | 'document'>, { _id, _creationTime, ...fields }: StoredDocument): boolean {
    const problem = checkValue(this.#validatorOf(table), fields, table.name, { isIdOf: this.#isIdOf });
    if (problem === null) return true;
    this.#count++;
    if (this.#offenders.length < mostOffenders) this.#offenders.push({ table: table.name, id: _id, ...problem });
    return false;
  }

  get isGood(): boolean {
    return this.#count === 0;
  }

  /** The first of them. */
  get offenders(): readonly Offender[] {
    return this.#offenders;
  }

  /** @throws BetterBaseError `schema/documents-break-it` if any document was not. */
  assertGood(): void {
    const [first] = this.#offenders;
    if (first === undefined) return;
    const others = this.#count === 1 ? '' : ` ${this.#count} documents are in the way; the first are in the details.`;
    throw new BetterBaseError(
      'schema/documents-break-it',
      `Documents stand in the way of the new schema: \`${first.id}\` has ${first.path}: expected ${first.expected}, got ${first.got}.${others}`,
      {
        hint: 'Give new fields a default, write a migration for the table, or allow the old values too (v.optional, v.union).',
        details: { offenders: this.#offenders, count: this.#count },
      },
    );
  }

  #validatorOf({ name, document }: Pick<NormalizedTable, 'name' | 'document'>): Validator {
    let validator = this.#validators.get(name);
    if (validator === undefined) {
      validator = validatorFromJson(document);
      this.#validators.set(name, validator);
    }
    return validator;
  }

  readonly #isIdOf = (id: string, table: string): boolean => {
    const number = tableNumberOf(id);
    return number !== null && number === this.#numbers.get(table);
  };
}
