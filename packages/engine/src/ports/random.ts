/** The only way to know chance. */
export interface Random {
  /** `length` bytes that nobody can guess. */
  bytes(length: number): Uint8Array;
}
