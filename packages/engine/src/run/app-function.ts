import type { FunctionDefinition } from '@betterbase/core';
import type { FunctionManifest } from '@betterbase/protocol';

export type CallableKind = FunctionManifest['kind'];

export interface AppFunction {
  readonly path: string;
  readonly definition: FunctionDefinition & { readonly kind: CallableKind };
}
