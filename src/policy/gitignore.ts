// Patterns in gitignore syntax, with git's meaning (test/policy-ignore.test.ts asks git itself). Written here because
// the patterns come from the tree that is scanned: translated into regexes, as libraries do it, `*a*a*a*a*b` takes
// time without end; matched like this, no more than pattern × name.

export interface IgnorePattern {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** Null: matched against the last name of the path only. */
  readonly path: readonly Names[] | null;
  readonly name: Segment;
}

/** One name of a path, or null for `**`: any number of names. */
type Names = Segment | null;

/** A plain text, or steps of which each but '*' takes one character. */
type Segment = string | readonly Step[];
type Step = '*' | '?' | { readonly text: string } | CharacterClass;

interface CharacterClass {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [number, number])[];
}

export function parsePatterns(text: string): IgnorePattern[] {
  return text
    .split('\n')
    .map((line) => parsePattern(line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((pattern) => pattern !== undefined);
}

/** One line; undefined for blank lines, comments and what cannot match anything. */
export function parsePattern(line: string): IgnorePattern | undefined {
  if (line.startsWith('#')) return undefined;
  const negated = line.startsWith('!');
  let rest = withoutTrailingSpaces(negated ? line.slice(1) : line);
  const foldersOnly = rest.endsWith('/');
  if (foldersOnly) rest = rest.slice(0, -1);
  if (rest === '') return undefined;
  if (!rest.includes('/')) {
    const name = parseSegment(rest);
    return name === undefined ? undefined : { negated, foldersOnly, path: null, name };
  }
  const names = rest.replace(/^\//, '').split('/');
  const path: Names[] = [];
  for (const [index, each] of names.entries()) {
    const segment = each === '**' ? null : parseSegment(each);
    if (segment === undefined) return undefined;
    path.push(segment);
    // At the end it takes at least one name: `a/**` is what lies in a, not a.
    if (segment === null && index === names.length - 1) path.push(['*']);
  }
  return { negated, foldersOnly, path, name: '' };
}

/** `names` of the path as seen from the folder of the pattern. */
export function matches(
  pattern: IgnorePattern,
  names: readonly string[],
  isFolder: boolean,
): boolean {
  if (pattern.foldersOnly && !isFolder) return false;
  if (pattern.path === null) return matchesName(pattern.name, names.at(-1) ?? '');
  return matchesPath(pattern.path, names);
}

/** Going back to the last `**` is enough: what an earlier one took more would be the later one's to take. */
function matchesPath(path: readonly Names[], names: readonly string[]): boolean {
  let at = 0;
  let name = 0;
  let star = -1;
  let resume = 0;
  while (name < names.length) {
    const segment = path[at];
    if (segment === null) {
      star = at;
      resume = name;
      at += 1;
    } else if (segment !== undefined && matchesName(segment, names[name] ?? '')) {
      at += 1;
      name += 1;
    } else if (star >= 0) {
      resume += 1;
      name = resume;
      at = star + 1;
    } else {
      return false;
    }
  }
  while (path[at] === null) at += 1;
  return at === path.length;
}

function matchesName(segment: Segment, text: string): boolean {
  if (typeof segment === 'string') return segment === text;
  const characters = [...text];
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < characters.length) {
    const step = segment[at];
    if (step === '*') {
      star = at;
      resume = position;
      at += 1;
    } else if (step !== undefined && takes(step, characters[position] ?? '')) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      resume += 1;
      position = resume;
      at = star + 1;
    } else {
      return false;
    }
  }
  while (segment[at] === '*') at += 1;
  return at === segment.length;
}

function takes(step: Exclude<Step, '*'>, character: string): boolean {
  if (step === '?') return true;
  if ('text' in step) return step.text === character;
  const code = character.codePointAt(0) ?? 0;
  return step.ranges.some(([from, to]) => from <= code && code <= to) !== step.negated;
}

/** Undefined when a bracket or an escape is left open: git matches nothing then. */
function parseSegment(text: string): Segment | undefined {
  if (!/[*?[\\]/.test(text)) return text;
  const characters = [...text];
  const steps: Step[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (steps.at(-1) !== '*') steps.push('*');
    } else if (character === '?') {
      steps.push('?');
    } else if (character === '[') {
      const parsed = parseClass(characters, at + 1);
      if (parsed === undefined) return undefined;
      steps.push(parsed.class);
      at = parsed.end;
    } else if (character === '\\') {
      at += 1;
      const escaped = characters[at];
      if (escaped === undefined) return undefined;
      steps.push({ text: escaped });
    } else {
      steps.push({ text: character });
    }
  }
  return steps;
}

/** From behind the opening bracket; `end` is the closing one. */
function parseClass(
  characters: readonly string[],
  start: number,
): { readonly class: CharacterClass; readonly end: number } | undefined {
  let at = start;
  const negated = characters[at] === '!' || characters[at] === '^';
  if (negated) at += 1;
  const ranges: (readonly [number, number])[] = [];
  let from: number | undefined;
  let close = 0;
  for (let first = true; first || characters[at] !== ']'; first = false, at += 1) {
    let character = characters[at];
    if (character === '[' && characters[at + 1] === ':') {
      if (close < at + 2) close = characters.indexOf(']', at + 2);
      if (close === -1) return undefined;
      if (characters[close - 1] === ':' && close - 1 > at + 1) {
        const named = namedClasses.get(characters.slice(at + 2, close - 1).join(''));
        if (named === undefined) return undefined;
        ranges.push(...named);
        from = undefined;
        at = close;
        continue;
      }
    }
    if (character === '-' && from !== undefined && characters[at + 1] !== ']') {
      at += 1;
      character = characters[at];
      if (character === '\\') character = characters[(at += 1)];
      if (character === undefined) return undefined;
      ranges.push([from, codeOf(character)]);
      from = undefined;
      continue;
    }
    if (character === '\\') character = characters[(at += 1)];
    if (character === undefined) return undefined;
    from = codeOf(character);
    ranges.push([from, from]);
  }
  return { class: { negated, ranges }, end: at };
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

const upper = [65, 90] as const;
const lower = [97, 122] as const;
const digit = [48, 57] as const;
const namedClasses: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map([
  ['alnum', [upper, lower, digit]],
  ['alpha', [upper, lower]],
  [
    'blank',
    [
      [32, 32],
      [9, 9],
    ],
  ],
  [
    'cntrl',
    [
      [0, 31],
      [127, 127],
    ],
  ],
  ['digit', [digit]],
  ['graph', [[33, 126]]],
  ['lower', [lower]],
  ['print', [[32, 126]]],
  [
    'punct',
    [
      [33, 47],
      [58, 64],
      [91, 96],
      [123, 126],
    ],
  ],
  [
    'space',
    [
      [9, 13],
      [32, 32],
    ],
  ],
  ['upper', [upper]],
  ['xdigit', [digit, [65, 70], [97, 102]]],
]);

/** Spaces at the end do not count unless a backslash stands before them. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ') end -= 1;
  let slashes = 0;
  while (line[end - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1 && end < line.length ? line.slice(0, end + 1) : line.slice(0, end);
}
