// What the generated hook looks for before it starts Node, as one expression for `grep -E`, such that bytes in which it
// finds nothing hold no finding. It is made of literals that every match holds as they are (engine: literalEnd compares
// bytes), so an escaped or divided value does not matter. Data with NUL bytes, UTF-16 among them, is Node's to read.

import type { Matcher, Tables, TokenMatcher } from '../engine/tables.ts';
import { sharedPieces } from './hook-pieces.ts';

/** What stands for one place of a text: a character or a bracket expression, and perhaps how often. */
type Element = string;

/** A POSIX extended expression that matches in whatever holds a finding of the built-in rules. */
export function hookAnchors({ matchers, anchors }: Tables): string {
  const texts = new Map<string, readonly Element[]>();
  const encoded = new Set<string>();
  for (const { matcher: index, step, window } of anchors) {
    const matcher = matchers[index];
    if (matcher === undefined) continue;
    for (const text of necessary(matcher, step, window)) {
      const wider = general.find((other) => holds(text, other));
      if (wider === undefined && isBase64(matcher)) encoded.add(text.join(''));
      else texts.set((wider ?? text).join(''), wider ?? text);
    }
  }
  const pieces = sharedPieces([...encoded]).map((piece) => literal(piece, false));
  return sharingStarts(withoutLonger([...texts.values(), ...pieces]));
}

function isBase64(matcher: Matcher): boolean {
  return matcher.type === 'container' && matcher.encoding === 'base64';
}

function necessary(
  matcher: Matcher,
  step: number,
  window: readonly [string, string, string],
): readonly (readonly Element[])[] {
  switch (matcher.type) {
    case 'token':
      return tokenTexts(matcher, step, window);
    case 'assignment': {
      if (matcher.near.length > 0) return matcher.near.map((word) => literal(word, true));
      const words = matcher.names[step >> 4] ?? [];
      return [
        words.flatMap((word, at) => [...(at === 0 ? [] : ['[_. -]?']), ...literal(word, true)]),
      ];
    }
    case 'block':
      return [literal(matcher.begin, false)];
    case 'pattern':
      // every one of our patterns on it is a URL with a password, in one piece without white space
      if (matcher.anchor === '://') return [[':', '/', '/', '[^[:space:]]*', '@']];
      return [literal(matcher.anchor, matcher.anyCase)];
    case 'container': {
      if (matcher.encoding === 'utf-16') return [];
      const { text } = matcher.literals[step >> 2] ?? { text: '' };
      return [literal(text, matcher.encoding === 'escaped')];
    }
  }
}

function tokenTexts(
  { steps }: TokenMatcher,
  index: number,
  window: readonly [string, string, string],
): readonly (readonly Element[])[] {
  const step = steps[index];
  if (step === undefined || step.kind === 'run') return [];
  const texts = step.kind === 'text' ? [step.text] : step.texts;
  // a literal of one or two bytes is rare only with what follows it
  if (texts.some((text) => text.length < 3)) return [window.map(oneOf)];
  return texts.map((text) => literal(text, step.anyCase));
}

function literal(text: string, anyCase: boolean): readonly Element[] {
  return [...text].map((character) =>
    anyCase ? oneOf(character.toLowerCase() + character.toUpperCase()) : oneOf(character),
  );
}

/** A bracket expression, in which a backslash is itself and only `]`, `^` and `-` have a place. */
function oneOf(characters: string): Element {
  const unique = [...new Set(characters)];
  const [only = ''] = unique;
  if (unique.length === 1) return /[A-Za-z0-9_:/%&#;,@=<> ~!"'`-]/.test(only) ? only : alone(only);
  const last = unique
    .filter((each) => each === '-' || each === '^')
    .sort((a) => (a === '-' ? 1 : -1));
  const first = unique.filter((each) => each === ']');
  const middle = unique.filter((each) => !'-^]'.includes(each)).sort();
  return `[${[...first, ...middle, ...last].join('')}]`;
}

function alone(character: string): Element {
  return character === '^' || character === '\\' ? `\\${character}` : `[${character}]`;
}

const hex = oneOf('0123456789abcdefABCDEF');
const digit = oneOf('0123456789');
const ofLetter = oneOf('4567');
const base64 = oneOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/**
 * What nobody writes without a reason, and what stands for hundreds of encoded literals: most of what the hook costs is
 * grep compiling what it looks for. Letters as escapes, and base64 of UTF-16, in which every second byte is zero.
 */
const general: readonly (readonly Element[])[] = [
  ['%', ofLetter, hex, '%', ofLetter, hex, '%', ofLetter],
  [...literal('\\x', true), ofLetter, hex, ...literal('\\x', true), ofLetter],
  [...literal('\\u00', true), ofLetter, hex, ...literal('\\u00', true)],
  [...literal('&#x', true), ofLetter, hex, ';', ...literal('&#x', true)],
  ['&', '#', digit, digit, ';', '&', '#'],
  ['&', '#', '1', digit, digit, ';', '&', '#'],
  [oneOf('AQgw'), oneOf('AB'), base64, 'A', oneOf('CDEFGH'), oneOf('AEIMQUYcgkosw048'), 'A'],
  ['A', oneOf('CDEFGH'), oneOf('AEIMQUYcgkosw048'), 'A', base64, oneOf('AQgw'), oneOf('AB')],
];

/** Where a text holds another one, the other is enough. */
function withoutLonger(texts: readonly (readonly Element[])[]): readonly (readonly Element[])[] {
  return texts.filter((text) => !texts.some((other) => other !== text && holds(text, other)));
}

function holds(text: readonly Element[], part: readonly Element[]): boolean {
  return text.some((_, start) => matchesAt(text, start, part, 0));
}

function matchesAt(
  text: readonly Element[],
  start: number,
  part: readonly Element[],
  at: number,
): boolean {
  const [wanted, there] = [part[at], text[start]];
  if (wanted === undefined) return true;
  if (there !== undefined && isWithin(there, wanted) && matchesAt(text, start + 1, part, at + 1)) {
    return true;
  }
  return wanted.endsWith('?') && matchesAt(text, start, part, at + 1);
}

/** Whether each character of one is one of the other's; what may be absent is only within itself. */
function isWithin(element: Element, other: Element): boolean {
  if (element === other) return true;
  if (element.length === 1 && other.length === 1) return false;
  if (/[?*]$/.test(element) || other.endsWith('*')) return false;
  const among = charactersOf(other);
  return [...charactersOf(element)].every((each) => among.includes(each));
}

/** Of an element that stands for one character. */
function charactersOf(element: Element): string {
  if (element.startsWith('[')) return element.replace(/^\[|\]\??$/g, '');
  return element.replace(/^\\/, '');
}

type Branch = Map<Element, Branch>;

/** `abc`, `abd` and `xbd` become `(ab[cd]|xbd)`: grep compiles that in half the time. */
function sharingStarts(texts: readonly (readonly Element[])[]): string {
  const root: Branch = new Map();
  for (const text of texts) {
    let branch = root;
    for (const element of text) {
      const next: Branch = branch.get(element) ?? new Map<Element, Branch>();
      branch.set(element, next);
      branch = next;
    }
  }
  return alternatives(root).join('|');
}

function alternatives(branch: Branch): readonly string[] {
  const startsByRest = new Map<string, Element[]>();
  for (const [element, after] of branch) {
    const ways = alternatives(after);
    const rest = ways.length > 1 ? `(${ways.join('|')})` : (ways[0] ?? '');
    const starts = startsByRest.get(rest);
    if (starts === undefined) startsByRest.set(rest, [element]);
    else starts.push(element);
  }
  return [...startsByRest].flatMap(([rest, starts]) => {
    const letters = starts.filter((start) => /^\w$/.test(start));
    const others = starts.filter((start) => !letters.includes(start)).map((start) => start + rest);
    return letters.length === 0 ? others : [oneOf(letters.join('')) + rest, ...others];
  });
}
