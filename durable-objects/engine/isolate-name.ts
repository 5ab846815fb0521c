export interface IsolateRole {
  readonly project: string;
  readonly code: { readonly deployment: string /** Revision of its environment. */; readonly environment: number };
  readonly role: 'edge' | 'engine';
}

/**
 * Names a dynamic Worker. Equal names share an isolate and its module state, so a name says whose code it is, which, in
 * which environment, for what, and with which runtime beside it: after the platform is upgraded no isolate with the old runtime is found.
 */
export function isolateName({ project, code, role }: IsolateRole, runtime: string): string {
  return `${project}:${code.deployment}:${code.environment}:${role}:${fingerprint(runtime)}`;
}

let known = { text: '', print: '' };

/** FNV-1a; told apart are the few runtimes that one installation ever sees. */
function fingerprint(text: string): string {
  if (known.text === text) return known.print;
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  known = { text, print: (hash >>> 0).toString(36) };
  return known.print;
}
