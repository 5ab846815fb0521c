import { runCommand } from './run-command.ts';
import { asResult, type Step } from './step.ts';

/** A step that is a command: it passes when the command does, and only a failing command's output is shown. */
export function commandStep(name: string, command: readonly string[], options: { readonly quick: boolean } = { quick: true }): Step {
  return {
    name,
    quick: options.quick,
    run: async () => {
      const { ok, output } = await runCommand(command);
      return asResult(ok, ok ? '' : output);
    },
  };
}
