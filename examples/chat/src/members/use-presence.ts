import { useConnectionState, useMutation } from '@betterbase/react';
import { useEffect } from 'react';
import { api } from '../../betterbase/_generated/api';
import type { Id } from '../../betterbase/_generated/dataModel';
import type { Me } from '../me/me';
import { randomKey } from '../me/random-key';

const heartbeatEvery = 20_000;

/** This tab, as the server knows it. Only this tab knows the key, so only it can say that it left. */
const tab = randomKey();

/** Counts this tab in while the channel is on screen. */
export function usePresence(channel: Id<'channels'>, me: Me): void {
  const { isConnected } = useConnectionState();
  const { mutate: join } = useMutation(api.mutations.members.join);
  const { mutateAsync: heartbeat } = useMutation(api.mutations.members.heartbeat);
  const { mutate: leave } = useMutation(api.mutations.members.leave);

  useEffect(() => {
    // Offline there is nothing to tell: heartbeats would only pile up. Coming back runs this again.
    if (!isConnected) return;
    const arrive = () => join({ me: { key: me.key, secret: me.secret }, name: me.name, channel, tab });
    const beat = () => void heartbeat({ tab }).then((isKnown) => isKnown || arrive(), ignore);
    const beatIfSeen = () => document.visibilityState === 'visible' && beat();

    arrive();
    const timer = setInterval(beat, heartbeatEvery);
    document.addEventListener('visibilitychange', beatIfSeen);
    window.addEventListener('pageshow', arrive);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', beatIfSeen);
      window.removeEventListener('pageshow', arrive);
    };
  }, [isConnected, channel, me, join, heartbeat]);

  useEffect(() => {
    const depart = () => leave({ tab });
    window.addEventListener('pagehide', depart);
    return () => {
      window.removeEventListener('pagehide', depart);
      depart();
    };
  }, [channel, leave]);
}

/** Being counted is a courtesy: when it fails, the next heartbeat puts it right. */
function ignore(): void {}
