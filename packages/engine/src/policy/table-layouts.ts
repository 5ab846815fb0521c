import { layoutTable, type TableLayout } from '../migrate/table-layout.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';

const layouts = new WeakMap<TableCatalog, Map<string, TableLayout | null>>();

/** How a SQL store keeps a table; null for one that is not there. */
export function layoutOf(catalog: TableCatalog, name: string): TableLayout | null {
  const known = layouts.get(catalog) ?? new Map<string, TableLayout | null>();
  layouts.set(catalog, known);
  let layout = known.get(name);
  if (layout === undefined) {
    const table = catalog.schema.tables.find((each) => each.name === name && each.active);
    layout = table === undefined ? null : layoutTable(table);
    known.set(name, layout);
  }
  return layout;
}
