import { useQuery } from '@betterbase/react';
import { useState } from 'react';
import type { Id } from '../../betterbase/_generated/dataModel';
import { api } from '../../betterbase/_generated/api';
import { PlusIcon } from '../icons';
import type { Me } from '../me/me';
import { MeCard } from '../me/me-card';
import { CreateChannel } from './create-channel';
import { channelHref } from './route';

export interface Channel {
  readonly id: Id<'channels'>;
  readonly name: string;
}

export function Sidebar({ me, channels, current }: { me: Me; channels: readonly Channel[] | undefined; current: string | null }) {
  const [isCreating, setIsCreating] = useState(false);

  return (
    <aside className="sidebar">
      <header className="sidebar-header">
        <img src="/icon.svg" alt="" width="26" height="26" />
        <h1>Chat</h1>
      </header>
      <nav className="channels" aria-label="Channels">
        <div className="channels-heading">
          <h2>Channels</h2>
          <button
            className="icon-button"
            type="button"
            aria-label="New channel"
            aria-expanded={isCreating}
            onClick={() => setIsCreating(!isCreating)}
          >
            <PlusIcon />
          </button>
        </div>
        {isCreating && <CreateChannel autoFocus onDone={() => setIsCreating(false)} />}
        {channels === undefined && <ChannelsSkeleton />}
        {channels?.length === 0 && !isCreating && <p className="quiet">None yet.</p>}
        <ul>
          {channels?.map((channel) => (
            <ChannelLink key={channel.id} channel={channel} isCurrent={channel.name === current} />
          ))}
        </ul>
      </nav>
      <MeCard me={me} />
    </aside>
  );
}

function ChannelLink({ channel, isCurrent }: { channel: Channel; isCurrent: boolean }) {
  const { data: members } = useQuery(api.queries.members.here, { channel: channel.id });
  const count = members?.count ?? 0;
  return (
    <li>
      <a className="channel-link" href={channelHref(channel.name)} aria-current={isCurrent ? 'page' : undefined}>
        <span className="hash" aria-hidden="true">
          #
        </span>
        <span className="channel-link-name">{channel.name}</span>
        {count > 0 && (
          <span className="count">
            <span aria-hidden="true">{count}</span>
            <span className="visually-hidden">, {count === 1 ? '1 person' : `${count} people`} here</span>
          </span>
        )}
      </a>
    </li>
  );
}

function ChannelsSkeleton() {
  return (
    <div className="skeleton-lines" aria-hidden="true">
      <span style={{ inlineSize: '55%' }} />
      <span style={{ inlineSize: '70%' }} />
      <span style={{ inlineSize: '45%' }} />
    </div>
  );
}
