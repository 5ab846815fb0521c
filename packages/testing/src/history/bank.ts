/** Money that is moved is neither made nor lost. */

export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  /** Whether it took place. */
  readonly happened: boolean;
}

export interface BankReading {
  /** For people. */
  readonly name: string;
  readonly balances: ReadonlyMap<string, number>;
}

export interface BankAccount {
  readonly initial: ReadonlyMap<string, number>;
  readonly transfers: readonly Transfer[];
  /** Of all accounts in one transaction, at any time. */
  readonly readings: readonly BankReading[];
  readonly final: ReadonlyMap<string, number>;
}

/** What is wrong, in sentences. */
export function checkBank({ initial, transfers, readings, final }: BankAccount): readonly string[] {
  const wrong: string[] = [];
  const total = sum(initial);
  for (const { name, balances } of [...readings, { name: 'The end', balances: final }]) {
    if (sum(balances) !== total) wrong.push(`${name}: the accounts hold ${sum(balances)} together, and not ${total}.`);
  }
  const expected = new Map(initial);
  for (const { from, to, amount, happened } of transfers) {
    if (!happened) continue;
    expected.set(from, (expected.get(from) ?? 0) - amount);
    expected.set(to, (expected.get(to) ?? 0) + amount);
  }
  for (const [account, balance] of expected) {
    if (final.get(account) !== balance) wrong.push(`${account} holds ${final.get(account) ?? 'nothing'}; its transfers leave ${balance}.`);
  }
  return wrong;
}

function sum(balances: ReadonlyMap<string, number>): number {
  return [...balances.values()].reduce((total, balance) => total + balance, 0);
}
