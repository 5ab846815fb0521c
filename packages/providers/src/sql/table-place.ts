/** Where a table is in the database. */
export interface TablePlace {
  /** The SQL table's name. */
  readonly sqlName: string;
  /** What the names of its indexes and of what is kept beside it begin with: no other table's do. It outlives renames. */
  readonly home: string;
}

export function placeNamed(name: string): TablePlace {
  return { sqlName: name, home: name };
}
