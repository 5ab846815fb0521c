import { createDurable } from 'itty-durable';

/** What one project has counted since it last reported. */
export interface ProjectActivity {
  readonly project: string;
  readonly calls: number;
  readonly errors: number;
  /** Connections open now. */
  readonly connections: number;
  /** ms since 1970 */
  readonly at: number;
}

/** What the installation has counted. */
export interface InstanceCounters {
  readonly calls: number;
  readonly errors: number;
  readonly projects: Readonly<
    Record<string, { readonly calls: number; readonly errors: number; readonly connections: number; readonly at: number }>
  >;
}

/**
 * Live counters of the whole installation, gathered from what projects report while they are active.
 *
 * Holds: totals, and what each project last said. Its public fields are stored by itty-durable after every call.
 */
export class InstanceObject extends createDurable({ autoPersist: true }) {
  calls = 0;
  errors = 0;
  projects: Record<string, { calls: number; errors: number; connections: number; at: number }> = {};

  report({ project, calls, errors, connections, at }: ProjectActivity): void {
    const before = Object.hasOwn(this.projects, project) ? this.projects[project] : undefined;
    this.calls += calls;
    this.errors += errors;
    this.projects[project] = { calls: (before?.calls ?? 0) + calls, errors: (before?.errors ?? 0) + errors, connections, at };
  }

  /** Drops what projects last said before `time` (ms since 1970). Totals stay. */
  forgetSilentSince(time: number): void {
    this.projects = Object.fromEntries(Object.entries(this.projects).filter(([, activity]) => activity.at >= time));
  }

  counters(): InstanceCounters {
    return { calls: this.calls, errors: this.errors, projects: this.projects };
  }
}
