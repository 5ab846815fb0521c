import { useQuery } from '@betterbase/react';
import { useEffect } from 'react';
import { api } from '../betterbase/_generated/api';
import { ChannelView } from './channels/channel-view';
import { CreateChannel } from './channels/create-channel';
import { replaceWithChannel, useChannelName } from './channels/route';
import { Sidebar } from './channels/sidebar';
import { ConnectionBanner } from './connection/connection-banner';
import { LoadFailure } from './load-failure';
import type { Me } from './me/me';

/** As in layout.css: below it, the list of channels and the channel are two screens. */
const roomForBoth = '(min-width: 46rem)';

export function Chat({ me }: { me: Me }) {
  const channels = useQuery(api.queries.channels.list, {});
  const name = useChannelName();
  const first = channels.data?.[0];
  const channel = channels.data?.find((candidate) => candidate.name === name);

  useEffect(() => {
    if (name === null && first !== undefined && matchMedia(roomForBoth).matches) replaceWithChannel(first.name);
  }, [name, first]);

  return (
    <div className="chat" data-screen={name === null && first !== undefined ? 'channels' : 'channel'}>
      <Sidebar me={me} channels={channels.data} current={channel?.name ?? null} />
      <main className="stage">
        <ConnectionBanner />
        {channels.isError && <LoadFailure title="The channels did not load" error={channels.error} refetch={channels.refetch} />}
        {channels.data !== undefined && first === undefined && <FirstChannel />}
        {first !== undefined && name !== null && channel === undefined && <UnknownChannel name={name} />}
        {channel !== undefined && <ChannelView key={channel.id} channel={channel} me={me} />}
      </main>
    </div>
  );
}

function FirstChannel() {
  return (
    <div className="notice">
      <h2>It is quiet in here</h2>
      <p>There are no channels yet. Open the first one; everybody will see it at once.</p>
      <CreateChannel suggestion="general" />
    </div>
  );
}

function UnknownChannel({ name }: { name: string }) {
  return (
    <div className="notice">
      <h2>There is no #{name}</h2>
      <p>Perhaps the link is mistyped. Or nobody has opened it yet: then be the first.</p>
      <CreateChannel suggestion={name} />
    </div>
  );
}
