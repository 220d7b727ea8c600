// Rules → tables. The one compiler: at build time for rules/, at run time for users' own rules.
// Its work is to find, in each shape, a literal that every match must hold, and the rarest three bytes of it.

import type { Piece, Rule, Shape } from '../core/rule.ts';
import { byteSet } from './charset.ts';
import type { Anchor, ContainerLiteral, Matcher, Step, Tables } from './tables.ts';

/** A run without a maximum. */
export const unlimited = 0x3fffffff;
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
        found: names.map((words, index) => nameAnchor(words, index)),
      };
    }
    case 'block':
      return {
        matcher: { ...origin, type: 'block', begin: shape.begin, end: shape.end, max: shape.max },
        found: [{ ...rarest(positionsOf(shape.begin, false)), step: 0 }],
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
          regex: shape.regex,
        },
        found: [{ ...rarest(positionsOf(shape.anchor, shape.anyCase ?? false)), step: 0 }],
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
      found.push({ window: anchor.window, at: anchor.at, step: index });
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

/** A name is anchored at its rarest word; a word of two letters takes in the separators and the next word's start. */
function nameAnchor(words: readonly string[], index: number): Found {
  let best: (Candidate & { word: number }) | undefined;
  words.forEach((text, word) => {
    const positions: string[] = positionsOf(text, true);
    const next = words[word + 1]?.[0];
    if (positions.length === 2 && next !== undefined)
      positions.push('_-. ' + next + next.toUpperCase());
    const candidate = rarestOrNone(positions);
    if (candidate !== undefined && candidate.cost < (best?.cost ?? Infinity)) {
      best = { ...candidate, word };
    }
  });
  if (best === undefined)
    throw new RangeError(`the name "${words.join(' ')}" has no word of three letters`);
  return { window: best.window, at: best.at, step: index * 16 + best.word };
}

interface Candidate {
  readonly window: readonly [string, string, string];
  readonly at: number;
  readonly cost: number;
}

function rarest(positions: Positions): Omit<Candidate, 'cost'> {
  const found = rarestOrNone(positions);
  if (found === undefined) throw new RangeError('a literal needs three bytes at least');
  return { window: found.window, at: found.at };
}

function rarestOrNone(positions: Positions): Candidate | undefined {
  let best: Candidate | undefined;
  for (let at = 0; at + 2 < positions.length; at++) {
    const a = positions[at] ?? '';
    const b = positions[at + 1] ?? '';
    const c = positions[at + 2] ?? '';
    if (a.length * b.length * c.length > mostCombinations) continue;
    const cost = frequency(a) * frequency(b) * frequency(c);
    if (cost < (best?.cost ?? Infinity)) best = { window: [a, b, c], at, cost };
  }
  return best;
}

/** How often one of the bytes stands at a place of source text, roughly; only speed depends on it. */
function frequency(bytes: string): number {
  let sum = 0;
  for (const byte of bytes) {
    if (/[a-z]/.test(byte)) sum += /[etaoinsrl]/.test(byte) ? 0.05 : 0.015;
    else if (/[A-Z]/.test(byte)) sum += 0.003;
    else if (/[0-9]/.test(byte)) sum += 0.006;
    else if (byte === ' ') sum += 0.15;
    else if (/[-_.,:;=/"'()]/.test(byte)) sum += 0.015;
    else if (byte === '\0') sum += 0.01;
    else sum += 0.002;
  }
  return Math.max(sum, 1e-5);
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
    unique.forEach((literal, step) => {
      anchors.push({ matcher, step, ...rarest(positionsOf(literal.text, encoding === 'escaped')) });
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
