// How many columns of a terminal a text takes, for text that has been through visible(): wide characters take two,
// accents none. Written out, because a library for it costs 20 ms at start and a table of 300 ranges.

const plain = /^[\x20-\x7e]*$/;

export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOfCharacter(character);
  return width;
}

/** Of one code point. */
export function widthOfCharacter(character: string): 0 | 1 | 2 {
  if (plain.test(character)) return 1;
  if (none.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** Accents, the later parts of a Hangul syllable, emoji selectors. */
const none = /[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7ff\p{Default_Ignorable_Code_Point}]/u;

/** East Asian wide and full-width characters, and emoji that are drawn as pictures; flags are two halves of one column. */
const wide =
  /(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation}|[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;

/** The text in lines of at most `width` columns, broken at spaces; a longer word keeps its line to itself. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A command stays in one piece, on a line of its own, so that it can be copied. */
export function commandApart(text: string): readonly [words: string, command?: string] {
  const [, words = text, command] = /^(.*?:) ((?:git|rm) .*)$/.exec(text) ?? [];
  return command === undefined ? [words] : [words, command];
}

/** Short facts side by side, as many on a line as fit; a line never begins or ends with the separator. */
export function flow(
  items: readonly string[],
  separator: string,
  width: number,
): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? item : line + separator + item;
    if (line === '' || widthOf(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = item;
    }
  }
  return [...lines, line].filter((text) => text !== '').flatMap((text) => wrap(text, width));
}

/** The text followed by spaces up to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
