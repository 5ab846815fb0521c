/** What must be there before anything is checked: the platform's build, and the generated types of the examples. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand } from './run-command.ts';
import { asResult, type Step } from './step.ts';

export const prepare: readonly Step[] = [
  {
    name: 'build',
    quick: true,
    run: async () => {
      const { ok, output } = await runCommand(['npm', 'run', '--silent', 'build']);
      return asResult(ok, output);
    },
  },
  {
    name: 'codegen of the examples',
    quick: true,
    run: async () => {
      const apps = readdirSync(join(root, 'examples')).filter((name) => existsSync(join(root, 'examples', name, 'betterbase')));
      const results = [];
      for (const app of apps) results.push(await runCommand(['node', 'packages/cli/bin/bb.js', 'codegen', `examples/${app}`]));
      const failures = results.filter((result) => !result.ok);
      return asResult(failures.length === 0, failures.map((failure) => failure.output).join('\n'));
    },
  },
];
