import { createValidator, mismatch, type Validator } from './validator.ts';

export interface VDatetime extends Validator<string, 'required', never> {
  readonly kind: 'datetime';
}

const pattern = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const expected = 'ISO 8601 date and time with offset, such as "2026-01-31T12:00:00Z"';

/** A moment as text: ISO 8601 with offset. */
export function datetime(): VDatetime {
  return createValidator(
    {
      kind: 'datetime',
      json: { type: 'datetime' },
      expected,
      check: (value) => (typeof value === 'string' && isDatetime(value) ? null : mismatch(expected, value)),
    },
    {},
  );
}

function isDatetime(text: string): boolean {
  const [, year, month, day] = pattern.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= daysIn(Number(year), Number(month));
}

/** `Date.parse` would read February 30 as March 1. */
function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return leap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
