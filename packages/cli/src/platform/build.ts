/** `npm run build`: builds the platform and prints what it weighs. */
import { exitCodes } from '../terminal/exit-code.ts';
import { formatFailure, toFailure } from '../terminal/error-report.ts';
import { processTerminal } from '../terminal/terminal.ts';
import { formatSizes } from './artefact-size.ts';
import { buildPlatform } from './build-platform.ts';

const terminal = processTerminal();
try {
  terminal.line(formatSizes((await buildPlatform()).sizes));
} catch (error) {
  terminal.problem(formatFailure(toFailure(error), terminal.colors));
  process.exitCode = exitCodes.bug;
}
