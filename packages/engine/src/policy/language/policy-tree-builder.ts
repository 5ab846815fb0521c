import type { BetterBaseError } from '@betterbase/core';
import type { Expr, ExprBinary, ExprCall, ExprMember, ExprRef, ExprUnary, SelectStatement } from 'pgsql-ast-parser';
import { badPolicy, type ConditionPlace } from '../policy-error.ts';
import type { Comparison, IdentityPart, Place, PolicyNode, PolicyRows } from '../policy-tree.ts';

const comparisons: readonly Comparison[] = ['=', '!=', '<', '<=', '>', '>='];
const identityParts: readonly IdentityPart[] = ['uid', 'role', 'email', 'authenticated', 'jwt'];
const deepest = 100;

/** Takes of SQL what a policy may say, and refuses the rest at its place. */
export class PolicyTreeBuilder {
  readonly #place: ConditionPlace;
  #depth = 0;

  constructor(place: ConditionPlace) {
    this.#place = place;
  }

  build(expression: Expr): PolicyNode {
    this.#depth++;
    if (this.#depth > deepest) throw this.#refused(expression, 'this is nested too deeply.');
    const node = this.#node(expression);
    this.#depth--;
    return node;
  }

  #node(expression: Expr): PolicyNode {
    switch (expression.type) {
      case 'integer':
        if (!Number.isSafeInteger(expression.value)) throw this.#refused(expression, 'this number is too large to be exact.');
        return { type: 'literal', value: expression.value };
      case 'numeric':
      case 'string':
      case 'boolean':
        return { type: 'literal', value: expression.value };
      case 'null':
        return { type: 'literal', value: null };
      case 'ref':
        return this.#column(expression);
      case 'call':
        return this.#call(expression);
      case 'member':
        return this.#member(expression);
      case 'unary':
        return this.#unary(expression);
      case 'binary':
        return this.#binary(expression);
      case 'ternary': {
        const [value, low, high] = [this.build(expression.value), this.build(expression.lo), this.build(expression.hi)];
        const within: PolicyNode = {
          type: 'and',
          left: { type: 'compare', by: '>=', left: value, right: low },
          right: { type: 'compare', by: '<=', left: value, right: high },
        };
        return expression.op === 'BETWEEN' ? within : { type: 'not', of: within };
      }
      case 'keyword':
        throw this.#refused(expression, `\`${expression.keyword}\` is a word of SQL.`, `If it is a column, write "${expression.keyword}".`);
      case 'cast':
        throw this.#refused(expression, 'casts are not part of a policy.', 'Values keep the types that they have in documents.');
      default:
        throw this.#refused(expression, 'this is not part of a policy.');
    }
  }

  #column(expression: ExprRef): PolicyNode {
    if (expression.name === '*') throw this.#refused(expression, 'a column is expected here.');
    if (expression.table?.schema !== undefined) throw this.#refused(expression, 'a column is named by its table and its name.');
    // The parser folds names to lower case; documents' fields are told apart by it.
    const names = namesIn(this.#text(expression));
    const name = names.at(-1) ?? expression.name;
    return { type: 'column', table: expression.table === undefined ? null : (names[0] ?? null), name, at: placeOf(expression) };
  }

  #call(expression: ExprCall): PolicyNode {
    const { function: called, args } = expression;
    if (otherPart(expression, ['type', 'function', 'args']) !== null)
      throw this.#refused(expression, 'a call has arguments and nothing else.');
    const name = called.schema === undefined ? called.name : `${called.schema}.${called.name}`;
    const [only] = args;
    if (name === 'exists' && args.length === 1 && only?.type === 'select') return { type: 'exists', rows: this.#rows(only) };
    const part = called.schema === 'auth' ? identityParts.find((each) => each === called.name) : undefined;
    if (part !== undefined && args.length === 0) return { type: 'identity', part };
    throw this.#refused(
      expression,
      `there is no function \`${name}\` with ${args.length} arguments.`,
      'There are auth.uid(), auth.role(), auth.email(), auth.authenticated() and auth.jwt().',
    );
  }

  #member({ operand, op, member }: ExprMember): PolicyNode {
    return { type: 'member', of: this.build(operand), key: member, isJson: op === '->' };
  }

  #unary(expression: ExprUnary): PolicyNode {
    const { op } = expression;
    const of = this.build(expression.operand);
    switch (op) {
      case 'NOT':
        return { type: 'not', of };
      case 'IS NULL':
        return { type: 'is', of, what: null };
      case 'IS TRUE':
      case 'IS FALSE':
        return { type: 'is', of, what: op === 'IS TRUE' };
      case 'IS NOT NULL':
        return { type: 'not', of: { type: 'is', of, what: null } };
      case 'IS NOT TRUE':
      case 'IS NOT FALSE':
        return { type: 'not', of: { type: 'is', of, what: op === 'IS NOT TRUE' } };
      default:
        if (of.type === 'literal' && typeof of.value === 'number' && (op === '+' || op === '-'))
          return { type: 'literal', value: op === '-' ? -of.value : of.value };
        throw this.#refused(expression, `\`${op}\` is not part of a policy.`);
    }
  }

  #binary(expression: ExprBinary): PolicyNode {
    const { op, left, right, opSchema } = expression;
    if (opSchema !== undefined) throw this.#refused(expression, 'operators have no schema here.');
    const by = comparisons.find((each) => each === op);
    if (by !== undefined) return { type: 'compare', by, left: this.build(left), right: this.build(right) };
    switch (op) {
      case 'AND':
      case 'OR':
        return { type: op === 'AND' ? 'and' : 'or', left: this.build(left), right: this.build(right) };
      case 'LIKE':
      case 'ILIKE':
        return { type: 'like', of: this.build(left), pattern: this.build(right), ignoresCase: op === 'ILIKE' };
      case 'NOT LIKE':
      case 'NOT ILIKE':
        return { type: 'not', of: { type: 'like', of: this.build(left), pattern: this.build(right), ignoresCase: op === 'NOT ILIKE' } };
      case 'IN':
        return this.#within(left, right);
      case 'NOT IN':
        return { type: 'not', of: this.#within(left, right) };
      default:
        throw this.#refused(expression, `\`${op}\` is not part of a policy.`);
    }
  }

  #within(left: Expr, right: Expr): PolicyNode {
    const of = this.build(left);
    if (right.type === 'list') return { type: 'in', of, list: right.expressions.map((each) => this.build(each)) };
    if (right.type !== 'select') return { type: 'in', of, list: [this.build(right)] };
    const rows = this.#rows(right);
    const [column, ...more] = right.columns ?? [];
    if (column === undefined || more.length > 0) throw this.#refused(right, 'IN compares with one column: select exactly one.');
    return { type: 'in-rows', of, rows, column: this.build(column.expr) };
  }

  #rows(select: SelectStatement): PolicyRows {
    if (select.type !== 'select') throw this.#refused(select, 'a SELECT is expected here.');
    const [from, ...more] = select.from ?? [];
    const other = otherPart(select, ['type', 'columns', 'from', 'where']);
    if (other !== null) throw this.#refused(select, `\`${other}\` is not part of a policy's subquery.`);
    if (
      from === undefined ||
      from.type !== 'table' ||
      more.length > 0 ||
      otherPart(from, ['type', 'name']) !== null ||
      otherPart(from.name, ['name', 'alias']) !== null
    )
      throw this.#refused(select, 'a subquery reads one table.', 'Nest another `exists (select …)` in its WHERE in place of a join.');
    const names = namesIn(this.#text(from));
    const table = names[0] ?? from.name.name;
    return {
      table,
      alias: from.name.alias ?? table,
      where: select.where === undefined || select.where === null ? null : this.build(select.where),
      at: placeOf(from),
    };
  }

  #text(node: { readonly _location?: { readonly start: number; readonly end: number } }): string {
    return this.#place.text.slice(...placeOf(node));
  }

  #refused(node: object, problem: string, hint?: string): BetterBaseError {
    return badPolicy(this.#place, placeOf(node), problem, hint);
  }
}

/** The names of `a.b` as they are written, quotes taken off. */
function namesIn(written: string): string[] {
  const names = written.matchAll(/"(?<quoted>(?:[^"]|"")+)"|(?<plain>[\p{L}_][\p{L}\p{N}_$]*)/gu);
  return [...names].map(({ groups }) => groups?.['plain'] ?? groups?.['quoted']?.replaceAll('""', '"') ?? '');
}

function placeOf(node: object): Place {
  const location: unknown = '_location' in node ? node._location : null;
  if (typeof location !== 'object' || location === null || !('start' in location) || !('end' in location)) return [0, 1];
  const { start, end } = location;
  return typeof start === 'number' && typeof end === 'number' ? [start, end] : [0, 1];
}

/** The first part of a node that none of these is: something that SQL has and policies have not. */
function otherPart(node: object, known: readonly string[]): string | null {
  const [other] =
    Object.entries(node).find(([part, value]) => part !== '_location' && !known.includes(part) && value !== undefined && value !== null) ??
    [];
  return other ?? null;
}
