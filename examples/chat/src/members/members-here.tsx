import { useQuery } from '@betterbase/react';
import { api } from '../../betterbase/_generated/api';
import type { Id } from '../../betterbase/_generated/dataModel';
import { Avatar } from '../me/avatar';

/** How many people have this channel open, live, with the first few faces. */
export function MembersHere({ channel }: { channel: Id<'channels'> }) {
  const { data: members } = useQuery(api.queries.members.here, { channel });
  if (members === undefined || members.count === 0) return <div className="members" />;

  const names = members.first.map((person) => person.name);
  const more = members.count - names.length;
  const everybody = more > 0 ? [...names, `${more} more`] : names;
  return (
    <div className="members" role="status" title={new Intl.ListFormat('en').format(everybody)}>
      <span className="faces">
        {members.first.map((person) => (
          <Avatar key={person.key} person={person} size="small" />
        ))}
      </span>
      <span className="members-count">{members.count} here</span>
    </div>
  );
}
