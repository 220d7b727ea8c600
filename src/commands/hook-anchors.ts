// What the generated hook looks for before it starts Node, such that bytes in which it finds nothing hold no finding. It is made of literals that every match holds as they are (engine: literalEnd compares bytes),
// so an escaped or divided value does not matter; UTF-16 is read after its NUL bytes are taken out.

import type { Matcher, Tables, TokenMatcher } from '../engine/tables.ts';

/** More of an encoded literal makes it no rarer. */
const enoughOfEncoded = 9;

export interface HookAnchors {
  /** For `grep -F`, which takes thousands at no cost. */
  readonly words: readonly string[];
  /** A POSIX extended expression of the others: names in any case, classes. */
  readonly expression: string;
}

export function hookAnchors({ matchers, anchors }: Tables): HookAnchors {
  const alternatives = new Set<string>();
  for (const { matcher: index, step, window } of anchors) {
    const matcher = matchers[index];
    if (matcher === undefined) continue;
    for (const text of necessary(matcher, step, window)) alternatives.add(text);
  }
  const sorted = [...alternatives].sort();
  const isWord = (text: string): boolean => !/[[\]\\(?*]/.test(text);
  return {
    words: sorted.filter(isWord),
    expression: sorted.filter((text) => !isWord(text)).join('|'),
  };
}

function necessary(
  matcher: Matcher,
  step: number,
  window: readonly [string, string, string],
): readonly string[] {
  switch (matcher.type) {
    case 'token':
      return tokenTexts(matcher, step, window);
    case 'assignment': {
      if (matcher.near.length > 0) return matcher.near.map((word) => literal(word, true));
      const words = matcher.names[step >> 4] ?? [];
      return [words.map((word) => literal(word, true)).join('[_. -]?')];
    }
    case 'block':
      return [literal(matcher.begin, false)];
    case 'pattern':
      // every one of our patterns on it is a URL with a password, in one piece without white space
      if (matcher.anchor === '://') return ['://[^[:space:]]*@'];
      return [literal(matcher.anchor, matcher.anyCase)];
    case 'container': {
      const { text } = matcher.literals[step] ?? { text: '' };
      const plain = text.replaceAll('\0', '');
      return [literal(plain.slice(0, enoughOfEncoded), matcher.encoding === 'escaped')];
    }
  }
}

function tokenTexts(
  { steps }: TokenMatcher,
  index: number,
  window: readonly [string, string, string],
): readonly string[] {
  const step = steps[index];
  if (step === undefined || step.kind === 'run') return [];
  const texts = step.kind === 'text' ? [step.text] : step.texts;
  // a literal of one or two bytes is rare only with what follows it
  if (texts.some((text) => text.length < 3)) return [window.map(oneOf).join('')];
  return texts.map((text) => literal(text, step.anyCase));
}

function literal(text: string, anyCase: boolean): string {
  return [...text]
    .map((character) =>
      anyCase ? oneOf(character.toLowerCase() + character.toUpperCase()) : oneOf(character),
    )
    .join('');
}

/** A bracket expression, in which a backslash is itself and only `]`, `^` and `-` have a place. */
function oneOf(characters: string): string {
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

function alone(character: string): string {
  return character === '^' || character === '\\' ? `\\${character}` : `[${character}]`;
}
