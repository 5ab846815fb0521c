/** The only way to know the time. Milliseconds since 1970, may be fractional. */
export interface Clock {
  now(): number;
}
