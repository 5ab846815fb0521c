/** tsc over every part of the repository, each with the globals it will really have. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand } from './run-command.ts';
import type { Step } from './step.ts';

const parts = ['tsconfig.json', 'workers/tsconfig.json', 'dashboard/tsconfig.json'];

export const typeCheck: Step = {
  name: 'types',
  quick: true,
  run: async () => {
    const examples = readdirSync(join(root, 'examples')).map((name) => `examples/${name}/tsconfig.json`);
    const projects = [...parts, ...examples].filter((path) => existsSync(join(root, path)));
    let passed = 0;
    const failures: string[] = [];
    for (const project of projects) {
      const { ok, output } = await runCommand(['tsc', '--noEmit', '-p', project]);
      if (ok) passed += 1;
      else failures.push(`${project}\n${output}`);
    }
    return { passed, failed: failures.length, text: failures.join('\n\n') };
  },
};
