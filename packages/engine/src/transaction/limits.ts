/** What one function call may use. Numbers in the spirit of Convex's (documents are rows; bytes are of encoded JSON text). */
export interface TransactionLimits {
  readonly documentsRead: number;
  /** `get` and query calls. */
  readonly ranges: number;
  readonly documentsWritten: number;
  readonly argumentBytes: number;
  readonly resultBytes: number;
  readonly logLines: number;
  readonly logLineLength: number;
}

export const defaultLimits: TransactionLimits = {
  documentsRead: 32_000,
  ranges: 4_096,
  documentsWritten: 16_000,
  argumentBytes: 16 * 1024 * 1024,
  resultBytes: 16 * 1024 * 1024,
  logLines: 256,
  logLineLength: 4_096,
};
