import type { ConvexVoice } from './convex/convex-voice.ts';
import type { OwnVoice } from './own-voice.ts';
import type { Speech } from './voice.ts';

/** The protocols that a connection may speak. */
export type Voice = (OwnVoice | ConvexVoice) & Speech;
