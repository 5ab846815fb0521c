import type { Runtime } from './runtime-text.ts';

export interface IsolateRole {
  readonly project: string;
  readonly code: { readonly deployment: string /** Revision of its environment. */; readonly environment: number };
  readonly role: 'edge' | 'engine';
}

/**
 * Names a dynamic Worker. Equal names share an isolate and its module state, so a name says whose code it is, which, in
 * which environment, for what, and with which runtime beside it: after the platform is upgraded no isolate with the old runtime is found.
 */
export function isolateName({ project, code, role }: IsolateRole, runtime: Pick<Runtime, 'print'>): string {
  return `${project}:${code.deployment}:${code.environment}:${role}:${runtime.print}`;
}
