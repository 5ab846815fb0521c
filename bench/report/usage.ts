export function usage(workloads: readonly string[]): string {
  return `Usage: npm run bench -- [options]

Runs every workload on ours and on the bare baseline, side by side, and says what was reached.

  --only <workload>       just this one; may be repeated
  --system <ours|bare>    just one of the systems
  --rounds <n>            how often each workload runs; medians are reported
  --quick                 smaller tables, fewer operations: to see the shape
  -h, --help              this text

Workloads: ${workloads.join(', ')}

All rounds are kept in bench/results/. What each workload does: bench/README.md. Where time goes: node bench/profile.ts <workload>.`;
}
