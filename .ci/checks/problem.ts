/** One thing a check does not accept. */
export interface Problem {
  readonly file: string;
  readonly line?: number;
  readonly text: string;
}

export function formatProblem({ file, line, text }: Problem): string {
  return `${line === undefined ? file : `${file}:${line}`}  ${text}`;
}
