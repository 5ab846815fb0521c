/** Writes an intersection out as one object, so that editors show fields instead of how they were computed. */
export type Expand<T> = { [Key in keyof T]: T[Key] } & {};
