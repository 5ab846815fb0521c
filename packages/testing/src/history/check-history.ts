import type { Anomaly } from './anomaly.ts';
import { findCycles } from './cycles.ts';
import { findDependencies } from './dependencies.ts';
import type { History } from './history.ts';
import { findVersionOrders } from './version-order.ts';

/**
 * What shows that the operations of a history did not run one at a time in one order, each at a moment between its call and
 * its answer, and each caller's in that caller's order. Empty: nothing shows it.
 *
 * Lists say who came after whom: what was read tells the order of all appends before it. From that follow the dependencies
 * between operations, and a circle among them is a proof. What nobody read proves nothing, so let every list be read at the end.
 */
export function checkHistory(history: History): readonly Anomaly[] {
  const { lists, anomalies } = findVersionOrders(history);
  return [...anomalies, ...findCycles(history, findDependencies(history, lists))];
}
