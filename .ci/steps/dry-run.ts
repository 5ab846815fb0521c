/** What would be deployed: whether wrangler takes it as it was built, and whether each part keeps to the size we promise. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtefactSize, formatSizes } from '../../packages/cli/src/platform/artefact-size.ts';
import { measureBrowserPackages } from '../../packages/cli/src/platform/browser-sizes.ts';
import { buildPlatform } from '../../packages/cli/src/platform/build-platform.ts';
import { runCommand } from './run-command.ts';
import type { Step } from './step.ts';

/** kB (1000 bytes) of gzip. Of the Worker and the isolates, what they start with (without a project's own code); the rest is loaded on demand. */
const budgets: Readonly<Record<string, number>> = {
  client: 12,
  'client with auth': 13,
  'client with users': 15,
  react: 4,
  'react/convex': 4,
  'gateway Worker': 300,
  'Worker with all modules': 1000,
  'engine, embedded': 120,
  'engine, remote': 120,
  'edge isolate': 120,
  'auth isolate': 200,
  'auth isolate with all modules': 300,
};

export const dryRun: Step = {
  name: 'wrangler deploy --dry-run',
  quick: false,
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'betterbase-dry-run-'));
    try {
      const { ok, output } = await runCommand(['wrangler', 'deploy', '--dry-run', '--outdir', folder]);
      if (!ok) return { passed: 0, failed: 1, text: output };
      const unsent = ['runtime.txt', 'auth.txt'].filter((module) => !output.includes(module));
      if (unsent.length > 0) return { passed: 0, failed: 1, text: `wrangler would not deploy ${unsent.join(' and ')}.\n${output}` };
      const sizes = [...(await buildPlatform()).sizes.filter(({ artefact }) => artefact in budgets), ...(await measureBrowserPackages())];
      const heavy = sizes.filter((size) => size.gzip > limit(size));
      const complaints = heavy.map((size) => `${size.artefact} is heavier than its ${limit(size) / 1000} kB.`);
      return { passed: 1 + sizes.length - heavy.length, failed: heavy.length, text: [formatSizes(sizes), ...complaints].join('\n') };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

function limit(size: ArtefactSize): number {
  return (budgets[size.artefact] ?? Number.POSITIVE_INFINITY) * 1000;
}
