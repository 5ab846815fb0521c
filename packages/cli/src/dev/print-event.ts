import type { AppSourceMap } from '../diagnostics/source-map.ts';
import { formatCall } from '../terminal/call-line.ts';
import { openRowsWarning } from '../terminal/open-rows.ts';
import { formatFailure } from '../terminal/error-report.ts';
import { formatChange } from '../terminal/schema-change.ts';
import type { Colors, Terminal } from '../terminal/terminal.ts';
import type { DevEvent } from './dev-event.ts';

/** One event as one line of JSON. */
export function printEventAsJson(event: DevEvent, terminal: Terminal): void {
  terminal.line(JSON.stringify(event));
}

/** One event for people. The lines with addresses are plain, because scripts wait for them. */
export function printEvent(event: DevEvent, terminal: Terminal, sources: AppSourceMap | null): void {
  const { colors } = terminal;
  switch (event.event) {
    case 'ready':
      return terminal.line(`ready ${event.url}`);
    case 'app':
      return terminal.line(`app ${event.url}`);
    case 'setup':
      return terminal.line(colors.dim(`the first admin is made at ${event.url}`));
    case 'database':
      return terminal.line(formatDatabase(event, colors));
    case 'deployed':
      return terminal.line(formatDeployed(event, colors));
    case 'failed':
      return terminal.problem(formatFailure(event.failure, colors));
    case 'call':
      return terminal.line(formatCall(event.call, colors, sources));
    case 'broke':
      return terminal.problem(`${colors.red('✖')} ${event.message}`);
    case 'back':
      return terminal.line(
        `${colors.green('✔')} serving again after ${(event.milliseconds / 1000).toFixed(1)} s; all that was committed is there`,
      );
    case 'output':
      return terminal.line(
        event.text
          .split('\n')
          .map((line) => `${colors.dim(`${event.source} │`)} ${line}`)
          .join('\n'),
      );
    case 'stopped':
      return;
    default:
      event satisfies never;
  }
}

function formatDatabase({ provider, place, values, tools }: Extract<DevEvent, { event: 'database' }>, colors: Colors): string {
  const where =
    place === 'here'
      ? `a database on this machine, no account needed: ${tools ?? ''}`
      : `the database that ${values.join(' and ')} ${values.length === 1 ? 'leads' : 'lead'} to`;
  return `${colors.green('✔')} ${provider}: ${where}`;
}

function formatDeployed({ milliseconds, changes, isOpen }: Extract<DevEvent, { event: 'deployed' }>, colors: Colors): string {
  const head = `${colors.green('✔')} deployed in ${Math.round(milliseconds)} ms`;
  const lines = changes.map((change) => `  ${formatChange(change, colors)}`);
  return [head, ...lines, ...(isOpen === true ? [openRowsWarning(colors)] : [])].join('\n');
}
