/** The built runtime: what of the platform shares an isolate with a project's code. */
import { type ModuleText, moduleTextReader } from './module-text.ts';

/** What an isolate can be asked to have. */
export type RuntimePart = 'runtime' | 'engine' | 'edge' | 'embedded' | 'remote';

export type Runtime = ModuleText<RuntimePart>;

/** @param text what the platform's build made */
export const decodeRuntime: (text: string) => Runtime = moduleTextReader<RuntimePart>();
