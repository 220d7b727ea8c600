// Text from a repository may not act on the terminal: names, lines and authors can hold escape sequences, marks that
// reverse the reading order, and characters nobody sees. Everything printed for people passes through here.

/** One character as people can see and quote it: `\x1b`, `\u202e`, `\u{e0041}`. */
function spellOut(character: string): string {
  const named = names.get(character);
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

const names: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

const plain = /^[\x20-\x7e]*$/;

/**
 * Controls, format characters (bidirectional marks among them), lone surrogates, line separators, whatever has no
 * glyph, and the fifth accent on one letter: piles of them run over the lines above. An emoji may keep its variation
 * selector, which is the first alternative. Made when first needed: loading the tables for it takes Node as long as
 * the scan of a small file, and most of what is printed is plain.
 */
let unseen: RegExp | undefined;
const makeUnseen = (): RegExp =>
  /\p{Extended_Pictographic}[\ufe0e\ufe0f]|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]|(?<=\p{M}{4})\p{M}/gu;

/** The same text on one line, with every character that a terminal would obey or hide spelt out. */
export function visible(text: string): string {
  if (plain.test(text)) return text;
  unseen ??= makeUnseen();
  return text.replace(unseen, (match) => (emojiWithSelector.test(match) ? match : spellOut(match)));
}

const emojiWithSelector = /^..?[\ufe0e\ufe0f]$/s;

/** For terminals that may not speak UTF-8: our own marks in ASCII, every other character spelt out. */
export function ascii(text: string): string {
  if (plain.test(text)) return text;
  return visible(text).replace(
    /[^\x20-\x7e]/gu,
    (character) => substitutes.get(character) ?? spellOut(character),
  );
}

const substitutes: ReadonlyMap<string, string> = new Map([
  ['…', '...'],
  ['•', '*'],
  ['·', '-'],
  ['›', '>'],
  ['→', '->'],
  ['–', '-'],
  ['—', '-'],
  ['‘', "'"],
  ['’', "'"],
  ['“', '"'],
  ['”', '"'],
  ['×', 'x'],
  ['\u00a0', ' '],
]);
