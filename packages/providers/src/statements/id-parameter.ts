/**
 * Whether a compiled statement can only ever look at the document whose id is one of its parameters.
 *
 * It can if the program finds rows in one way, by seeking a key in the table's index of ids, and the register of that key is
 * filled from a parameter and by nothing else. Every opcode must be known here with the registers that it writes; a program
 * with any other is said to look at more.
 */
import type { SqlRow } from '../disk/sql-disk.ts';

type Written = 'none' | 'p2' | 'p3' | 'p2 to p3' | 'p2 and p3 more' | 'p1, p2 in all';

const known: Readonly<Record<string, Written>> = {
  Add: 'p3',
  Affinity: 'p1, p2 in all',
  Close: 'none',
  Column: 'p3',
  Concat: 'p3',
  Copy: 'p2 and p3 more',
  DecrJumpZero: 'none',
  DeferredSeek: 'none',
  Delete: 'none',
  Divide: 'p3',
  FinishSeek: 'none',
  FkCheck: 'none',
  Goto: 'none',
  Halt: 'none',
  HaltIfNull: 'none',
  IdxDelete: 'none',
  IdxGT: 'none',
  IdxInsert: 'none',
  IdxRowid: 'p2',
  IfNullRow: 'p3',
  Init: 'none',
  Insert: 'none',
  IntCopy: 'p2',
  Integer: 'p2',
  IsNull: 'none',
  MakeRecord: 'p3',
  Multiply: 'p3',
  NewRowid: 'p2',
  Next: 'none',
  NoConflict: 'none',
  Noop: 'none',
  NotNull: 'none',
  Null: 'p2 to p3',
  OpenEphemeral: 'none',
  OpenRead: 'none',
  OpenWrite: 'none',
  Real: 'p2',
  RealAffinity: 'none',
  ResultRow: 'none',
  Rewind: 'none',
  Rowid: 'p2',
  SCopy: 'p2',
  SeekGE: 'none',
  String8: 'p2',
  Subtract: 'p3',
  Transaction: 'none',
  Variable: 'p2',
};

/** The place of the parameter, from 0; null if the statement may look at other rows. */
export function idParameter(program: readonly SqlRow[], isIdIndex: (page: SqlRow[number]) => boolean): number | null {
  const instructions = program.map(([, opcode, p1, p2, p3, p4]) => ({
    opcode: String(opcode),
    p1: Number(p1),
    p2: Number(p2),
    p3: Number(p3),
    p4: String(p4),
  }));
  const of = (...opcodes: string[]): typeof instructions => instructions.filter(({ opcode }) => opcodes.includes(opcode));
  const [seek, ...seeks] = of('SeekGE');
  const [end, ...ends] = of('IdxGT');
  if (seek === undefined || end === undefined || seeks.length + ends.length > 0) return null;
  const key = seek.p3;
  const isWhole = seek.p4 === '1' && end.p4 === '1' && end.p1 === seek.p1 && end.p3 === key;
  const isById = of('OpenRead', 'OpenWrite').some(({ p1, p2 }) => p1 === seek.p1 && isIdIndex(p2));
  if (!isWhole || !isById || !of('DeferredSeek').every(({ p3 }) => p3 === 0)) return null;

  const own = new Set(of('OpenEphemeral').map(({ p1 }) => p1));
  const walks = of('Rewind', 'Next');
  if (!walks.every(({ p1 }) => own.has(p1))) return null;
  const isInside = (from: number, to: number): boolean => from <= key && key <= to;
  let parameter: number | null = null;
  for (const { opcode, p1, p2, p3 } of instructions) {
    const written = known[opcode];
    if (written === undefined) return null;
    if (opcode === 'Variable' && p2 === key) {
      if (parameter !== null) return null;
      parameter = p1 - 1;
    } else if (opcode === 'Affinity' && p1 === key && p2 === 1) continue;
    else if (
      (written === 'p2' && p2 === key) ||
      (written === 'p3' && p3 === key) ||
      (written === 'p2 to p3' && isInside(p2, Math.max(p2, p3))) ||
      (written === 'p2 and p3 more' && isInside(p2, p2 + p3)) ||
      (written === 'p1, p2 in all' && isInside(p1, p1 + p2 - 1))
    )
      return null;
  }
  return parameter;
}
