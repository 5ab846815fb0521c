/** Builds the isolate in which people sign in: one module as text, which the Worker brings along and loads when somebody does. */
import { createHash } from 'node:crypto';
import { build, type BuildOptions } from 'esbuild';
import { type ArtefactSize, measureArtefact } from './artefact-size.ts';
import { platformFiles } from './checkout.ts';

export interface BuiltAuth {
  /** First a line that is different for every build whose code differs, then the module; `workers/gateway/auth-isolate.ts` reads it. */
  readonly text: string;
  readonly inputs: readonly string[];
  readonly size: ArtefactSize;
}

export async function buildAuth(options: BuildOptions): Promise<BuiltAuth> {
  const { outputFiles, metafile } = await build({ ...options, entryPoints: [platformFiles.authEntry], metafile: true, write: false });
  const code = outputFiles[0]?.text ?? '';
  const print = createHash('sha256').update(code).digest('hex').slice(0, 16);
  return { text: `${print}\n${code}`, inputs: Object.keys(metafile.inputs), size: measureArtefact('auth isolate', code) };
}
