/**
 * The process of a stand-in: it may compute for long, or end for a statement that its native parts do not survive, without
 * `bb dev` doing so.
 *
 * Always true: when `bb dev` goes, however it goes, this process goes too.
 */
import { standInFailure } from './stand-in-failure.ts';
import type { FromStandIn, ToStandIn } from './stand-in-messages.ts';
import { type RunningStandIn, startStandIn } from './start-stand-in.ts';

let running: RunningStandIn | null = null;

process.on('disconnect', () => process.exit(1));

process.on('message', (message: ToStandIn) => {
  switch (message.type) {
    case 'start':
      startStandIn(message.start).then(
        (started) => {
          running = started;
          const { port, settings, tools } = started;
          tell({ type: 'ready', port, settings, tools });
        },
        (error: unknown) => tell(standInFailure(error)),
      );
      return;
    case 'stop':
      void (running?.close() ?? Promise.resolve()).finally(() => process.exit(0));
      return;
    default:
      message satisfies never;
  }
});

function tell(message: FromStandIn): void {
  process.send?.(message);
}
