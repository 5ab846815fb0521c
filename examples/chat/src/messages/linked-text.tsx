const address = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/;

/** A message's text with its web addresses made into links. Everything else stays text. */
export function LinkedText({ text }: { text: string }) {
  return text.split(address).map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part} target="_blank" rel="noreferrer">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
