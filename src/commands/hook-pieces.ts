// Few short pieces such that each of many texts holds one of them. Most of what the hook costs is grep compiling what it
// looks for, and encoded literals, each at three offsets and with every neighbour, have much in common.

/** Letters of a piece: a few hundred of them come once in a gigabyte of other base64. */
const length = 6;

/** The piece that most of the remaining texts share is taken first. */
export function sharedPieces(texts: readonly string[]): readonly string[] {
  const piecesOf = new Map(texts.map((text) => [text, pieces(text)]));
  const holders = new Map<string, Set<string>>();
  for (const [text, own] of piecesOf) {
    for (const piece of own) holders.set(piece, (holders.get(piece) ?? new Set()).add(text));
  }
  const chosen: string[] = [];
  const left = new Set(texts);
  while (left.size > 0) {
    const [piece, among] = mostShared(holders);
    chosen.push(piece);
    for (const text of [...among]) {
      left.delete(text);
      for (const other of piecesOf.get(text) ?? []) holders.get(other)?.delete(text);
    }
  }
  return chosen;
}

/** None that could be a word of a language; of a text that has no others, itself. */
function pieces(text: string): readonly string[] {
  const found = Array.from({ length: Math.max(0, text.length - length + 1) }, (_, start) =>
    text.slice(start, start + length),
  ).filter((piece) => /.[A-Z\d+/]/.test(piece));
  return found.length === 0 ? [text] : found;
}

function mostShared(
  holders: ReadonlyMap<string, ReadonlySet<string>>,
): readonly [string, ReadonlySet<string>] {
  let best: readonly [string, ReadonlySet<string>] = ['', new Set()];
  for (const [piece, among] of holders) if (among.size > best[1].size) best = [piece, among];
  return best;
}
