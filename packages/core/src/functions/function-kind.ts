export type FunctionKind = 'query' | 'mutation' | 'action';
/** `internal` functions can be run by other functions and by the admin, never by a client. */
export type Visibility = 'public' | 'internal';
