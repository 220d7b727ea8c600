// How much a user's regex can cost. Rules come from the tree that is scanned, JavaScript's regex engine tries every way
// to match, and nothing can stop it: so a regex with too many ways is refused before it runs. The measure is an upper
// bound of the ways to match from one start; where one run must end for the next to begin there is only one way.

export type RegexProblem = string;

/** More ways than this for each start in the window is refused; `.{0,20}` has 21. */
const mostWays = 1000;

/** What is wrong with the regex, in words for its author; undefined when it may be used on `window` bytes. */
export function regexProblem(regex: string, window: number): RegexProblem | undefined {
  try {
    new RegExp(regex, 'd');
  } catch {
    return 'is not a regular expression of JavaScript';
  }
  try {
    const ways = waysOf(parseRegex(regex), window, nothingAfter).ways;
    return ways > mostWays
      ? `can be matched in up to ${ways > 1e9 ? 'billions of' : String(ways)} ways from one place (at most ${mostWays}); make its runs shorter, or end each by a character it cannot hold`
      : undefined;
  } catch (error) {
    if (error instanceof Unsupported) return error.message;
    throw error;
  }
}

/** The parts of a regex that `new RegExp` accepts; throws Unsupported for what cannot be bounded. */
export function parseRegex(regex: string): Node {
  return new RegexParser(regex).parse();
}

/** Characters 0 to 255, because rules see bytes. */
export type Chars = Uint8Array;

export type Node =
  | { readonly type: 'chars'; readonly chars: Chars }
  | { readonly type: 'edge' }
  | { readonly type: 'look'; readonly inner: Node }
  | { readonly type: 'sequence'; readonly items: readonly Node[] }
  | { readonly type: 'either'; readonly options: readonly Node[] }
  | { readonly type: 'repeat'; readonly inner: Node; readonly min: number; readonly max: number };

export class Unsupported extends Error {}

/** What may follow: the characters it can begin with, null when that cannot be told. */
interface After {
  readonly chars: Chars | null;
  readonly final: boolean;
}

const nothingAfter: After = { chars: new Uint8Array(256), final: true };

interface Ways {
  readonly ways: number;
  /** What it begins with; null when that cannot be told. */
  readonly first: Chars | null;
  readonly canBeEmpty: boolean;
}

function waysOf(node: Node, window: number, after: After): Ways {
  switch (node.type) {
    case 'chars':
      return { ways: 1, first: node.chars, canBeEmpty: false };
    case 'edge':
      return { ways: 1, first: null, canBeEmpty: true };
    case 'look':
      return { ways: waysOf(node.inner, window, nothingAfter).ways, first: null, canBeEmpty: true };
    case 'sequence':
      return waysOfSequence(node.items, window, after);
    case 'either':
      return waysOfEither(node.options, window, after);
    case 'repeat':
      return waysOfRepeat(node, window, after);
  }
}

function waysOfSequence(items: readonly Node[], window: number, after: After): Ways {
  let next = after;
  let result: Ways = { ways: 1, first: new Uint8Array(256), canBeEmpty: true };
  for (const item of items.toReversed()) {
    const here = waysOf(item, window, next);
    const first = here.canBeEmpty ? union(here.first, next.chars) : here.first;
    result = {
      ways: here.ways * result.ways,
      first: here.canBeEmpty ? union(here.first, result.first) : here.first,
      canBeEmpty: here.canBeEmpty && result.canBeEmpty,
    };
    next = {
      chars: first,
      final: next.final && here.canBeEmpty && item.type !== 'edge' && item.type !== 'look',
    };
  }
  return result;
}

function waysOfEither(options: readonly Node[], window: number, after: After): Ways {
  const each = options.map((option) => waysOf(option, window, after));
  const exclusive = each.every(
    (one, index) =>
      !one.canBeEmpty && each.slice(0, index).every((other) => disjoint(one.first, other.first)),
  );
  return {
    ways: each.reduce((sum, { ways }) => (exclusive ? Math.max(sum, ways) : sum + ways), 0),
    first: each.reduce<Chars | null>((all, { first }) => union(all, first), new Uint8Array(256)),
    canBeEmpty: each.some(({ canBeEmpty }) => canBeEmpty),
  };
}

function waysOfRepeat(node: Extract<Node, { type: 'repeat' }>, window: number, after: After): Ways {
  const inner = waysOf(node.inner, window, { chars: null, final: false });
  const max = Math.min(node.max, window);
  const canBeEmpty = node.min === 0 || inner.canBeEmpty;
  if (max <= 0) return { ways: 1, first: new Uint8Array(256), canBeEmpty: true };
  // Once it cannot hold what must follow, or nothing must follow, there is one way to end it.
  const oneEnd = node.max === node.min || after.final || disjoint(inner.first, after.chars);
  const ends = oneEnd ? 1 : max - Math.min(node.min, max) + 1;
  const once = max === 1;
  if (!once && inner.canBeEmpty) throw new Unsupported('repeats a group that can be empty');
  if (!once && inner.ways > 1 && max > 4) {
    throw new Unsupported('repeats a group that can be matched in several ways');
  }
  return { ways: ends * inner.ways ** (once ? 1 : max), first: inner.first, canBeEmpty };
}

function union(a: Chars | null, b: Chars | null): Chars | null {
  return a === null || b === null ? null : a.map((bit, index) => bit | (b[index] ?? 0));
}

function disjoint(a: Chars | null, b: Chars | null): boolean {
  return a !== null && b !== null && a.every((bit, index) => (bit & (b[index] ?? 0)) === 0);
}

/** Only for what `new RegExp(regex)` accepts, so it need not find mistakes. */
class RegexParser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  parse(): Node {
    const node = this.either(0);
    if (this.at < this.text.length) throw new Unsupported('cannot be checked');
    return node;
  }

  private either(depth: number): Node {
    if (depth > 20) throw new Unsupported('has groups nested deeper than 20');
    const options = [this.sequence(depth)];
    while (this.text[this.at] === '|') {
      this.at += 1;
      options.push(this.sequence(depth));
    }
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { type: 'either', options };
  }

  private sequence(depth: number): Node {
    const items: Node[] = [];
    while (this.at < this.text.length && !'|)'.includes(this.text[this.at] ?? '')) {
      items.push(this.repeated(this.atom(depth)));
    }
    return { type: 'sequence', items };
  }

  private repeated(inner: Node): Node {
    const match = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.text.slice(this.at, this.at + 40));
    if (match === null) return inner;
    this.at += match[0].length;
    const [sign, low, comma, high] = match;
    if (low === undefined) {
      const min = sign.startsWith('+') ? 1 : 0;
      return { type: 'repeat', inner, min, max: sign.startsWith('?') ? 1 : Infinity };
    }
    const min = Number(low);
    const max = comma === '' ? min : high === '' ? Infinity : Number(high);
    return { type: 'repeat', inner, min, max };
  }

  private atom(depth: number): Node {
    const character = this.text[this.at] ?? '';
    this.at += 1;
    if (character === '(') return this.group(depth);
    if (character === '[') return { type: 'chars', chars: this.characterClass() };
    if (character === '.') return { type: 'chars', chars: inverse(charsOf('\n\r')) };
    if (character === '^' || character === '$') return { type: 'edge' };
    if (character === '\\') return this.escape();
    return { type: 'chars', chars: charsOf(character) };
  }

  private group(depth: number): Node {
    const opening = /^\?(?::|<?[=!]|<[A-Za-z_$][\w$]*>)/.exec(this.text.slice(this.at))?.[0];
    if (opening === undefined && this.text[this.at] === '?')
      throw new Unsupported('has a group of a kind that cannot be checked');
    this.at += opening?.length ?? 0;
    const inner = this.either(depth + 1);
    this.at += 1;
    return opening !== undefined && /^\?<?[=!]/.test(opening) ? { type: 'look', inner } : inner;
  }

  private escape(): Node {
    const letter = this.text[this.at] ?? '';
    if (letter === 'b' || letter === 'B') {
      this.at += 1;
      return { type: 'edge' };
    }
    if (/[1-9k]/.test(letter)) throw new Unsupported('refers back to a group');
    return { type: 'chars', chars: this.escaped() };
  }

  private escaped(): Chars {
    const letter = this.text[this.at] ?? '';
    this.at += 1;
    const named = namedSets.get(letter.toLowerCase());
    if (named !== undefined) return letter === letter.toLowerCase() ? named : inverse(named);
    const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(this.text.slice(this.at - 1));
    if (hex !== null) {
      this.at += hex[0].length - 1;
      return charsOf(String.fromCharCode(parseInt(hex[1] ?? hex[2] ?? '', 16)));
    }
    if (letter === 'c') this.at += 1;
    return charsOf(controls.get(letter) ?? letter);
  }

  private characterClass(): Chars {
    const negated = this.text[this.at] === '^';
    if (negated) this.at += 1;
    const chars = new Uint8Array(256);
    while (this.text[this.at] !== ']') {
      const from = this.member();
      if (this.text[this.at] === '-' && this.text[this.at + 1] !== ']' && from.code !== undefined) {
        this.at += 1;
        const to = this.member();
        const last = to.code ?? 255;
        for (let code = from.code; code <= Math.min(last, 255); code += 1) chars[code] = 1;
        add(chars, to.chars);
      }
      add(chars, from.chars);
    }
    this.at += 1;
    return negated ? inverse(chars) : chars;
  }

  private member(): { readonly chars: Chars; readonly code: number | undefined } {
    const character = this.text[this.at] ?? '';
    this.at += 1;
    const chars = character === '\\' ? this.classEscape() : charsOf(character);
    const codes = chars.reduce<number[]>(
      (all, bit, code) => (bit === 1 ? [...all, code] : all),
      [],
    );
    return { chars, code: codes.length === 1 ? codes[0] : undefined };
  }

  private classEscape(): Chars {
    if (this.text[this.at] !== 'b') return this.escaped();
    this.at += 1;
    return charsOf('\b');
  }
}

function add(chars: Chars, more: Chars): void {
  more.forEach((bit, index) => {
    if (bit === 1) chars[index] = 1;
  });
}

function charsOf(text: string): Chars {
  const chars = new Uint8Array(256);
  for (const character of text) {
    const code = character.charCodeAt(0);
    if (code < 256) chars[code] = 1;
  }
  return chars;
}

function inverse(chars: Chars): Chars {
  return chars.map((bit) => 1 - bit);
}

function between(from: number, to: number): string {
  return String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

const digits = between(48, 57);
const namedSets: ReadonlyMap<string, Chars> = new Map([
  ['d', charsOf(digits)],
  ['w', charsOf(`${digits}${between(65, 90)}${between(97, 122)}_`)],
  ['s', charsOf('\t\n\v\f\r \u00a0')],
]);
const controls: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['f', '\f'],
  ['v', '\v'],
  ['0', '\0'],
]);
