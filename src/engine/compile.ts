// Rules → tables. The one compiler: at build time for rules/, at run time for users' own rules.
// Its work is to find, in each shape, a literal that every match must hold, and the rarest three bytes of it.

import type { Piece, Rule, Shape } from '../core/rule.ts';
import { byteSet } from './charset.ts';
import { trigramsPerMillion } from './frequency.ts';
import {
  type Anchor,
  type AnchorLiteral,
  type ContainerLiteral,
  type Matcher,
  type Step,
  type Tables,
  unlimited,
} from './tables.ts';

const mostCombinations = 4096;

/** Throws RangeError naming the rule when a shape has no literal of three bytes to look for, or is malformed. */
export function compile(rules: readonly Rule[]): Tables {
  const matchers: Matcher[] = [];
  const anchors: Anchor[] = [];
  const encoded = new Set<string>();
  rules.forEach((rule, ruleIndex) => {
    rule.parts.forEach((part, partIndex) => {
      part.shapes.forEach((shape, shapeIndex) => {
        const origin = { rule: ruleIndex, part: partIndex, shape: shapeIndex };
        try {
          const { matcher, found } = compileShape(shape, origin);
          const index = matchers.push(matcher) - 1;
          for (const anchor of found) anchors.push({ ...anchor, matcher: index });
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new RangeError(`rule ${rule.id}, part ${String(partIndex + 1)}: ${reason}`, {
            cause: error,
          });
        }
        if (part.strong === true) for (const text of leadingTexts(shape)) encoded.add(text);
        for (const text of tellingNames(shape)) encoded.add(text);
      });
    });
  });
  addContainers([...encoded].sort(), matchers, anchors);
  return { matchers, anchors };
}

type Found = Omit<Anchor, 'matcher'>;
interface Compiled {
  readonly matcher: Matcher;
  readonly found: readonly Found[];
}
interface Origin {
  readonly rule: number;
  readonly part: number;
  readonly shape: number;
}

function compileShape(shape: Shape, origin: Origin): Compiled {
  switch (shape.type) {
    case 'token': {
      const steps = shape.pieces.map(toStep);
      const last = steps.at(-1);
      return {
        matcher: {
          ...origin,
          type: 'token',
          steps,
          notBefore: checked(shape.notBefore ?? 'A-Za-z0-9'),
          notAfter: checked(shape.notAfter ?? (last?.kind === 'run' ? last.set : 'A-Za-z0-9')),
          value: shape.value ?? [0, steps.length],
        },
        found: tokenAnchors(steps),
      };
    }
    case 'assignment': {
      const names = shape.names
        .map((name) => name.split(' '))
        .sort((a, b) => b.join('').length - a.join('').length);
      return {
        matcher: {
          ...origin,
          type: 'assignment',
          names,
          notNames: shape.notNames ?? [],
          set: checked(shape.value.set),
          min: shape.value.min,
          max: shape.value.max ?? unlimited,
          near: shape.near ?? [],
        },
        found: names.flatMap(nameAnchors),
      };
    }
    case 'block':
      return {
        matcher: { ...origin, type: 'block', begin: shape.begin, end: shape.end, max: shape.max },
        found: [
          { ...rarest(positionsOf(shape.begin, false)), step: 0, literal: plain(shape.begin) },
        ],
      };
    case 'pattern':
      new RegExp(shape.regex, 'dy');
      return {
        matcher: {
          ...origin,
          type: 'pattern',
          anchor: shape.anchor,
          anyCase: shape.anyCase ?? false,
          lookBack: shape.lookBack ?? 0,
          window: Math.min(shape.window ?? 512, 4096),
          within: shape.within === undefined ? null : checked(shape.within),
          needs: shape.needs?.charCodeAt(0) ?? -1,
          regex: shape.regex,
        },
        found: [
          {
            ...rarest(positionsOf(shape.anchor, shape.anyCase ?? false)),
            step: 0,
            literal: plain(shape.anchor, shape.anyCase),
          },
        ],
      };
  }
}

function toStep(piece: Piece): Step {
  if ('text' in piece) {
    return {
      kind: 'text',
      text: piece.text,
      anyCase: piece.anyCase ?? false,
      optional: piece.optional ?? false,
    };
  }
  if ('oneOf' in piece) {
    return {
      kind: 'oneOf',
      texts: [...piece.oneOf].sort((a, b) => b.length - a.length),
      anyCase: piece.anyCase ?? false,
      optional: piece.optional ?? false,
    };
  }
  const max = piece.max ?? unlimited;
  if (max < piece.min) throw new RangeError(`a run's max (${String(max)}) is below its min`);
  return { kind: 'run', set: checked(piece.set), min: piece.min, max };
}

function checked(notation: string): string {
  byteSet(notation);
  return notation;
}

/** What may stand at each byte of a stretch of known length. */
type Positions = readonly string[];

function tokenAnchors(steps: readonly Step[]): Found[] {
  let best: Found[] | undefined;
  let bestCost = Infinity;
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (step === undefined || step.kind === 'run' || step.optional) continue;
    if (!reachable(steps, index)) continue;
    const texts = step.kind === 'text' ? [step.text] : step.texts;
    const found: Found[] = [];
    let cost = 0;
    for (const text of texts) {
      const positions = [...positionsOf(text, step.anyCase), ...fixedAfter(steps, index + 1)];
      const anchor = rarestOrNone(positions);
      if (anchor === undefined) {
        cost = Infinity;
        break;
      }
      cost += anchor.cost;
      const literal = plain(text, step.anyCase);
      found.push({ window: anchor.window, at: anchor.at, step: index, literal });
    }
    if (cost < bestCost) {
      bestCost = cost;
      best = found;
    }
  }
  if (best === undefined) throw new RangeError('no literal of three bytes that every match holds');
  return best;
}

/** Whether the start can be found going back from step `index`: fixed lengths, with one open run at most. */
function reachable(steps: readonly Step[], index: number): boolean {
  let open = 0;
  for (const step of steps.slice(0, index)) {
    if (step.kind === 'run' ? step.min !== step.max : step.optional) open++;
    if (step.kind === 'oneOf' && new Set(step.texts.map((text) => text.length)).size > 1) open++;
  }
  return open <= 1;
}

function fixedAfter(steps: readonly Step[], from: number): string[] {
  const positions: string[] = [];
  for (const step of steps.slice(from)) {
    if (step.kind === 'text' && !step.optional) {
      positions.push(...positionsOf(step.text, step.anyCase));
    } else if (step.kind === 'run') {
      const bytes = bytesOf(step.set);
      for (let i = 0; i < Math.min(step.min, 3); i++) positions.push(bytes);
      if (step.min !== step.max || step.min > 3) break;
    } else {
      break;
    }
  }
  return positions;
}

function positionsOf(text: string, anyCase: boolean): string[] {
  return [...text].map((character) =>
    anyCase && character.toLowerCase() !== character.toUpperCase()
      ? character.toLowerCase() + character.toUpperCase()
      : character,
  );
}

function bytesOf(notation: string): string {
  let bytes = '';
  byteSet(notation).forEach((flag, byte) => {
    if (flag === 1) bytes += String.fromCharCode(byte);
  });
  return bytes;
}

/**
 * A name is anchored where it is rarest: inside one of its words, or across the border of two (which may be written with a
 * separator or without, so that takes several anchors).
 */
function nameAnchors(words: readonly string[], index: number): Found[] {
  let best: readonly (Candidate & { word: number })[] = [];
  let bestCost = Infinity;
  const consider = (found: readonly (Candidate & { word: number })[]): void => {
    const cost = found.reduce((sum, one) => sum + one.cost, 0);
    if (found.length > 0 && cost < bestCost) {
      best = found;
      bestCost = cost;
    }
  };
  words.forEach((text, word) => {
    const inside = rarestOrNone(positionsOf(text, true));
    if (inside !== undefined) consider([{ ...inside, word }]);
    const next = words[word + 1];
    if (next === undefined) return;
    const end = positionsOf(text.slice(-2), true);
    const start = positionsOf(next.slice(0, 2), true);
    const last = end.at(-1) ?? '';
    const first = start[0] ?? '';
    const separated = candidate([last, separators, first], text.length - 1);
    const joined =
      end.length === 2
        ? candidate([end[0] ?? '', last, first], text.length - 2)
        : candidate([last, first, start[1] ?? ''], text.length - 1);
    consider([
      { ...separated, word },
      { ...joined, word },
    ]);
  });
  if (best.length === 0) throw new RangeError(`the name "${words.join(' ')}" is too short`);
  return best.map(({ window, at, word }) => {
    const before = words.slice(0, word).reduce((sum, { length }) => sum + length + 1, 0);
    const text = words.join(' ');
    const literal = { text, anyCase: true, isName: true, isWord: text.length < 4, before };
    return { window, at, step: index * 16 + word, literal };
  });
}

function plain(text: string, anyCase = false): AnchorLiteral {
  return { text, anyCase, isName: false, isWord: false, before: 0 };
}

const separators = '_-. ';

interface Candidate {
  readonly window: readonly [string, string, string];
  readonly at: number;
  readonly cost: number;
}

function rarest(positions: Positions, shares?: Shares): Omit<Candidate, 'cost'> {
  const found = rarestOrNone(positions, shares);
  if (found === undefined) throw new RangeError('a literal needs three bytes at least');
  return { window: found.window, at: found.at };
}

/** By window: in how many literals of one matcher it stands. Each of them is tried wherever it does. */
type Shares = ReadonlyMap<string, number>;

function sharesOf(literals: readonly Positions[]): Shares {
  const shares = new Map<string, number>();
  for (const positions of literals) {
    const keys = positions.slice(2).map((_, at) => positions.slice(at, at + 3).join());
    for (const key of new Set(keys)) shares.set(key, (shares.get(key) ?? 0) + 1);
  }
  return shares;
}

function rarestOrNone(positions: Positions, shares?: Shares): Candidate | undefined {
  let best: Candidate | undefined;
  for (let at = 0; at + 2 < positions.length; at++) {
    const window = [positions[at] ?? '', positions[at + 1] ?? '', positions[at + 2] ?? ''] as const;
    if (window[0].length * window[1].length * window[2].length > mostCombinations) continue;
    const alone = candidate(window, at);
    const found = { ...alone, cost: alone.cost * (shares?.get(window.join()) ?? 1) };
    if (found.cost < (best?.cost ?? Infinity)) best = found;
  }
  return best;
}

function candidate(window: readonly [string, string, string], at: number): Candidate {
  const folded = new Map<string, number>();
  for (const a of window[0]) {
    for (const b of window[1]) {
      for (const c of window[2]) {
        const text = a + b + c;
        const key = text.toLowerCase();
        // Text is mostly lower case: a capital makes a sequence rare, every further one hardly rarer.
        const share = key === text ? 0.95 : 0.05;
        folded.set(key, (folded.get(key) ?? 0) + share);
      }
    }
  }
  let cost = 0;
  for (const [key, share] of folded) cost += frequency(key) * share;
  return { window: [window[0], window[1], window[2]], at, cost };
}

let trigrams: ReadonlyMap<string, number> | undefined;

/** How often three bytes stand in source text, times a million bytes, roughly; only speed depends on it. */
function frequency(folded: string): number {
  trigrams ??= new Map(
    trigramsPerMillion.flatMap(([level, texts]) =>
      (texts.match(/.../g) ?? []).map((text) => [text, level] as const),
    ),
  );
  const measured = trigrams.get(folded);
  if (measured !== undefined) return measured;
  if (folded.includes(' ')) return 80;
  if (folded.includes('\0')) return folded.split('\0').length * 5;
  // Never among the common ones: rarer with every byte that is no letter or digit.
  return 20 * 0.5 ** folded.replace(/[a-z0-9]/g, '').length;
}

/** The literals a strong token begins with, of four characters or more: what its encoded forms are made of. */
function leadingTexts(shape: Shape): string[] {
  if (shape.type === 'block') return [shape.begin];
  if (shape.type === 'pattern') return [shape.anchor];
  if (shape.type !== 'token') return [];
  const first = shape.pieces[0];
  if (first === undefined || 'set' in first) return [];
  const texts = 'text' in first ? [first.text] : first.oneOf;
  return texts.filter((text) => text.length >= 4);
}

/** Names so long that their encoded forms are telling: a whole credentials file in base64 is found by them. */
function tellingNames(shape: Shape): string[] {
  if (shape.type !== 'assignment') return [];
  return shape.names
    .filter((name) => name.replaceAll(' ', '').length >= 14)
    .flatMap((name) => {
      const words = name.split(' ');
      const capital = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
      return [
        words.join('_'),
        words.join('_').toUpperCase(),
        words.join('-'),
        // secretAccessKey and SecretAccessKey share all but the first letter.
        capital.slice(1),
      ];
    });
}

function addContainers(texts: readonly string[], matchers: Matcher[], anchors: Anchor[]): void {
  const origin = { rule: -1, part: -1, shape: -1, type: 'container' } as const;
  const add = (encoding: 'base64' | 'escaped' | 'utf-16', literals: ContainerLiteral[]): void => {
    if (literals.length === 0) return;
    const unique = [
      ...new Map(literals.map((item) => [`${String(item.phase)} ${item.text}`, item])).values(),
    ];
    const matcher = matchers.push({ ...origin, encoding, literals: unique }) - 1;
    const anyCase = encoding === 'escaped';
    const shares = sharesOf(unique.map(({ text }) => positionsOf(text, anyCase)));
    unique.forEach((literal, index) => {
      anchors.push({
        matcher,
        ...rarest(positionsOf(literal.text, anyCase), shares),
        step: index * 4 + literal.phase,
        literal: plain(literal.text, anyCase),
      });
    });
  };
  const wide = texts.map((text) => [...text].join('\0'));
  add('base64', [...texts, ...wide.map((text) => text + '\0')].flatMap(base64Forms));
  add('escaped', texts.filter((text) => text.length < 14).flatMap(escapedForms));
  add(
    'utf-16',
    wide.map((text) => ({ text, phase: 0 })),
  );
}

/** The characters that are the same whatever stands before and after: one form for each of the three alignments. */
function base64Forms(text: string): ContainerLiteral[] {
  const bytes = [...text].map((character) => character.charCodeAt(0));
  return [0, 1, 2].map((before) => {
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    const all = [...new Array<number>(before).fill(0), ...bytes];
    let stable = '';
    for (let index = first; index < end; index++) stable += base64Character(all, index);
    return { text: stable, phase: first % 4 };
  });
}

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64Character(bytes: readonly number[], index: number): string {
  const bit = index * 6;
  const high = bytes[bit >> 3] ?? 0;
  const low = bytes[(bit >> 3) + 1] ?? 0;
  return base64Alphabet.charAt((((high << 8) | low) >> (10 - (bit & 7))) & 63);
}

/** Written wholly in escapes, the first three characters of it: \x41…, \u0041…, %41…, &#65;…, &#x41;… in any case. */
function escapedForms(text: string): ContainerLiteral[] {
  const codes = [...text.slice(0, 3)].map((character) => character.charCodeAt(0));
  const hex = (code: number): string => code.toString(16).padStart(2, '0');
  return [
    codes.map((code) => '\\x' + hex(code)),
    codes.map((code) => '\\u00' + hex(code)),
    codes.map((code) => '%' + hex(code)),
    codes.map((code) => `&#${String(code)};`),
    codes.map((code) => `&#x${hex(code)};`),
  ].map((pieces) => ({ text: pieces.join(''), phase: 0 }));
}
