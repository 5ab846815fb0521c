import { backendUrl } from '../backend-url';
import { BackIcon, DownloadIcon } from '../icons';
import { LoadFailure } from '../load-failure';
import type { Me } from '../me/me';
import { MembersHere } from '../members/members-here';
import { usePresence } from '../members/use-presence';
import { Composer } from '../messages/composer';
import { MessageList } from '../messages/message-list';
import { useEdit } from '../messages/use-edit';
import { useMessages } from '../messages/use-messages';
import { useSend } from '../messages/use-send';
import type { Channel } from './sidebar';

export function ChannelView({ channel, me }: { channel: Channel; me: Me }) {
  usePresence(channel.id, me);
  const { messages, older, error } = useMessages(channel.id);
  const send = useSend(channel.id, me);
  const editing = useEdit(channel.id, me);

  function editNewestOfMine() {
    const mine = messages?.findLast((message) => message.author.key === me.key);
    if (mine !== undefined) editing.start(mine);
  }

  return (
    <section className="channel" aria-labelledby="channel-name">
      <header className="channel-header">
        <a className="icon-button back" href="#/" aria-label="All channels">
          <BackIcon />
        </a>
        <h2 id="channel-name">
          <span className="hash" aria-hidden="true">
            #
          </span>
          {channel.name}
        </h2>
        <MembersHere channel={channel.id} />
        <a
          className="icon-button"
          href={`${backendUrl}/http/export?channel=${encodeURIComponent(channel.name)}`}
          download
          aria-label="Save this channel as a file"
          title="Save as JSON"
        >
          <DownloadIcon />
        </a>
      </header>
      {error !== null ? (
        <LoadFailure title="The messages did not load" error={error} refetch={async () => location.reload()} />
      ) : (
        <MessageList channelName={channel.name} messages={messages} older={older} me={me} editing={editing} />
      )}
      <Composer channel={channel} onSend={send} onEditNewest={editNewestOfMine} />
    </section>
  );
}
