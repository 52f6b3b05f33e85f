/** A sentence in which `code` stands between backticks. */
export function Sentence({ words }: { words: string }) {
  return words.split("`").map((piece, index) =>
    // The pieces of a sentence never change their order.
    // oxlint-disable-next-line react/no-array-index-key
    index % 2 === 1 ? <code key={index}>{piece}</code> : piece,
  );
}
