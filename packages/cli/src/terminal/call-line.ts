/** One function call as lines for people: time, kind, path, how long; what it printed; what went wrong and where. */
import type { CallLog } from '@betterbase/protocol';
import type { AppSourceMap } from '../diagnostics/source-map.ts';
import type { Colors } from './terminal.ts';

export function formatCall(call: CallLog, colors: Colors, sources: AppSourceMap | null): string {
  const { error } = call;
  const mark = error === null ? ' ' : colors.red('✖');
  const cached = call.cached ? colors.dim('  cached') : call.job === undefined ? '' : colors.dim('  scheduled');
  const head = `${colors.dim(clock(call.at))} ${mark} ${call.kind.padEnd(8)} ${call.path.padEnd(32)} ${duration(call.milliseconds).padStart(9)}${cached}`;
  const printed = call.lines.map(({ level, text }) => indent(`${paint(level, colors)(level.padEnd(5))} ${text}`));
  if (error === null) return [head, ...printed].join('\n');
  const hint = error.hint === undefined ? [] : [indent(error.hint)];
  return [head, ...printed, indent(`${colors.red(error.code)}  ${error.message}`), ...place(call, sources, colors), ...hint].join('\n');
}

function place({ stack, error }: CallLog, sources: AppSourceMap | null, colors: Colors): readonly string[] {
  if (stack === undefined) return [];
  const explained = sources?.explain(stack);
  if (explained !== undefined && explained.at !== null) {
    return [...(explained.frame === '' ? [] : [indent(explained.frame)]), ...explained.calls.map((call) => colors.dim(indent(call)))];
  }
  // Our own frames explain a failure without a name; one that has a name explains itself.
  return error?.code === 'function/threw' || error?.code === 'internal/unexpected' ? [colors.dim(indent(stack))] : [];
}

function paint(level: string, colors: Colors): (text: string) => string {
  if (level === 'error') return colors.red;
  return level === 'warn' ? colors.yellow : colors.dim;
}

function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `           ${line}`)
    .join('\n');
}
