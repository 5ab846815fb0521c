import { codegen } from '../codegen.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { deploy, type DeployOptions } from '../deploy.ts';

/** Writes the generated files and deploys the app. */
export async function sync(options: DeployOptions, context: CommandContext): CommandResult {
  const generated = await codegen({ folder: options.folder }, { ...context, terminal: quietFor(options, context) });
  return generated === 0 ? await deploy(options, context) : generated;
}

/** With `--json` the one line of output is the deployment. */
function quietFor({ json }: DeployOptions, { terminal }: CommandContext): CommandContext['terminal'] {
  return json === true ? { ...terminal, line: () => {} } : terminal;
}
