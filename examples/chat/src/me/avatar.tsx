/** A face for somebody without a picture: their initials on a colour that belongs to their key. */
export function Avatar({ person, size = 'medium' }: { person: { key: string; name: string }; size?: 'small' | 'medium' }) {
  return (
    <span className={`avatar avatar-${size}`} style={{ '--hue': hueOf(person.key) }} aria-hidden="true">
      {size === 'small' ? initialsOf(person.name).at(0) : initialsOf(person.name)}
    </span>
  );
}

function hueOf(key: string): number {
  let hash = 7;
  for (const character of key) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997;
  // Steps of 30 degrees keep neighbours apart enough to tell two people from each other.
  return (hash % 12) * 30 + 15;
}

function initialsOf(name: string): readonly string[] {
  const words = name.trim().split(/\s+/);
  const named = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return named.map((word) => firstLetter(word ?? ''));
}

/** By grapheme, so that a name that starts with an emoji keeps it whole. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word);
  return (first?.segment ?? '?').toUpperCase();
}
