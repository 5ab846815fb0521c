/** From positions in the deployed `app.js` back to the files the author wrote. */
import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping';
import { codeFrame } from './code-frame.ts';

export interface SourcePosition {
  /** Relative to the app's folder. */
  readonly file: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export interface ExplainedStack {
  /** `at list (betterbase/queries/todos.ts:12:5)`, the app's own calls only. */
  readonly calls: readonly string[];
  /** Where the app's code was; null if no call is the app's. */
  readonly at: SourcePosition | null;
  readonly frame: string;
}

const deployedCall = /^\s*at (?:async )?(?:(?<name>.+?) \()?(?:\S*\/)?app\.js:(?<line>\d+):(?<column>\d+)\)?\s*$/;

export class AppSourceMap {
  readonly #map: TraceMap;

  constructor(json: string) {
    this.#map = new TraceMap(json);
  }

  /** `line` from 1, `column` from 1, as stacks print them. */
  locate(line: number, column: number): SourcePosition | null {
    const found = originalPositionFor(this.#map, { line, column: column - 1 });
    if (found.source === null) return null;
    return { file: found.source, line: found.line, column: found.column + 1 };
  }

  explain(stack: string): ExplainedStack {
    const calls: { text: string; at: SourcePosition }[] = [];
    for (const line of stack.split('\n')) {
      const parts = deployedCall.exec(line)?.groups;
      const at = parts === undefined ? null : this.locate(Number(parts['line']), Number(parts['column']));
      if (at === null) continue;
      const place = `${at.file}:${at.line}:${at.column}`;
      const name = parts?.['name'];
      calls.push({ at, text: name === undefined ? `at ${place}` : `at ${name} (${place})` });
    }
    const own = calls.find(({ at }) => !at.file.includes('node_modules/')) ?? calls[0];
    return { calls: calls.map(({ text }) => text), at: own?.at ?? null, frame: own === undefined ? '' : this.#frame(own.at) };
  }

  #frame(at: SourcePosition): string {
    const source = sourceContentFor(this.#map, at.file);
    return source === null ? '' : codeFrame(source, { line: at.line, column: at.column - 1 });
  }
}
