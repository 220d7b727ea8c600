import { Unsupported } from './regex-cost.ts';

// Go's regular expressions (RE2) in JavaScript's writing. Their flags inside the expression, (?i) above all, have no
// counterpart here, so each letter is written in both cases; what has no counterpart at all is refused.

/** `group` is the capture that holds the secret; 0: the first one, or the whole match where there is none. */
export function regexOfGo(source: string, group: number): string {
  return new Translator(source, group === 0 ? 1 : group).translate();
}

interface Flags {
  readonly anyCase: boolean;
  readonly dotAll: boolean;
}

class Translator {
  private readonly text: string;
  private readonly secret: number;
  private at = 0;
  private groups = 0;

  constructor(source: string, secret: number) {
    // A run before everything else only makes the match longer, and the search slow.
    this.text = source.replace(leadingRun, '$1');
    this.secret = secret;
  }

  translate(): string {
    const regex = this.until('', { anyCase: false, dotAll: false });
    if (this.at < this.text.length) throw new Unsupported('has a parenthesis too many');
    if (this.secret > Math.max(1, this.groups))
      throw new Unsupported('names a group that it does not have');
    return regex;
  }

  /** Up to the closing parenthesis of the group, or the end. Flags hold to the end of their group. */
  private until(close: '' | ')', outer: Flags): string {
    let flags = outer;
    let out = '';
    while (this.at < this.text.length) {
      const character = this.text[this.at] ?? '';
      if (character === ')' && close === ')') {
        this.at += 1;
        return `${out})`;
      }
      if (character === ')') return out;
      const set = flagShape.exec(this.text.slice(this.at, this.at + 12));
      if (set?.[3] === ')') {
        flags = this.flagged(flags, set);
        continue;
      }
      if (character === '(') out += this.group(flags, set);
      else if (character === '[') out += this.characterClass(flags);
      else if (character === '\\') out += this.escape(flags);
      else out += this.plain(character, flags);
    }
    if (close === ')') throw new Unsupported('has a parenthesis that does not close');
    return out;
  }

  private group(flags: Flags, set: RegExpExecArray | null): string {
    if (set !== null) return `(?:${this.until(')', this.flagged(flags, set))}`;
    const rest = this.text.slice(this.at);
    if (rest.startsWith('(?:')) {
      this.at += 3;
      return `(?:${this.until(')', flags)}`;
    }
    const named = /^\(\?P?<\w+>/.exec(rest)?.[0];
    if (named === undefined && rest.startsWith('(?'))
      throw new Unsupported('has a group that JavaScript does not have');
    this.at += named?.length ?? 1;
    this.groups += 1;
    const opening = this.groups === this.secret ? '(?<value>' : '(?:';
    return opening + this.until(')', flags);
  }

  private flagged(flags: Flags, set: RegExpExecArray): Flags {
    const [whole, on = '', off = ''] = set;
    if (/[mU]/.test(on + off)) throw new Unsupported('uses the flags m or U');
    this.at += whole.length;
    const state = (letter: string, before: boolean): boolean =>
      on.includes(letter) || (before && !off.includes(letter));
    return { anyCase: state('i', flags.anyCase), dotAll: state('s', flags.dotAll) };
  }

  private plain(character: string, flags: Flags): string {
    this.at += 1;
    if (character === '.') return flags.dotAll ? '[^]' : '.';
    return this.cased(character, flags);
  }

  private cased(character: string, flags: Flags): string {
    if (character.charCodeAt(0) > 126) throw new Unsupported('holds characters that are not ASCII');
    const letter = /[A-Za-z]/.test(character);
    return flags.anyCase && letter
      ? `[${character.toUpperCase()}${character.toLowerCase()}]`
      : character;
  }

  private escape(flags: Flags): string {
    const rest = this.text.slice(this.at);
    const quoted = /^\\Q([^]*?)(?:\\E|$)/.exec(rest);
    if (quoted !== null) {
      this.at += quoted[0].length;
      return [...(quoted[1] ?? '')]
        .map((each) => (/[\w\s]/.test(each) ? this.cased(each, flags) : `\\${each}`))
        .join('');
    }
    if (rest.startsWith('\\A')) return this.skip(2, '^');
    if (rest.startsWith('\\z')) return this.skip(2, '$');
    const code = codeIn(rest);
    if (code !== undefined) {
      const character = String.fromCharCode(code.value);
      return this.skip(
        code.length,
        /[A-Za-z]/.test(character) ? this.cased(character, flags) : hex(code.value),
      );
    }
    return this.skip(2, simpleEscape(rest));
  }

  private characterClass(flags: Flags): string {
    const match = /^\[\^?\]?(?:\[:\^?\w+:\]|\\x\{[0-9a-fA-F]+\}|\\[^]|[^\]\\])*\]/.exec(
      this.text.slice(this.at),
    );
    if (match === null) throw new Unsupported('has a bracket that does not close');
    this.at += match[0].length;
    let inner = match[0].slice(1, -1);
    const negated = inner.startsWith('^');
    if (negated) inner = inner.slice(1);
    if (inner.startsWith(']')) inner = `\\]${inner.slice(1)}`;
    return `[${negated ? '^' : ''}${members(inner, flags.anyCase)}]`;
  }

  private skip(length: number, out: string): string {
    this.at += length;
    return out;
  }
}

/** `[\w.-]{0,50}?` and its like at the start, behind flags. */
const leadingRun = /^((?:\(\?[is]+\))?)(?:\[[^\]]*\]|\.|\\[wWsSdD])(?:\*|\{0,\d+\})\??/;
const flagShape = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/;

const posixClasses: ReadonlyMap<string, string> = new Map([
  ['alnum', '0-9A-Za-z'],
  ['alpha', 'A-Za-z'],
  ['blank', '\\t '],
  ['digit', '0-9'],
  ['lower', 'a-z'],
  ['punct', '!-\\/:-@\\[-`{-~'],
  ['space', '\\t\\n\\v\\f\\r '],
  ['upper', 'A-Z'],
  ['word', '\\w'],
  ['xdigit', '0-9A-Fa-f'],
]);

/** What stands between the brackets; ranges of letters are doubled for any case. */
function members(inner: string, anyCase: boolean): string {
  let out = '';
  for (let at = 0; at < inner.length;) {
    const rest = inner.slice(at);
    const named = /^\[:(\^?)(\w+):\]/.exec(rest);
    if (named !== null) {
      const chars = posixClasses.get(named[2] ?? '');
      if (chars === undefined || named[1] === '^')
        throw new Unsupported('uses a class that cannot be translated');
      out += anyCase && /upper|lower/.test(named[2] ?? '') ? 'A-Za-z' : chars;
      at += named[0].length;
      continue;
    }
    const range = /^([A-Za-z0-9])-([A-Za-z0-9])/.exec(rest);
    if (range !== null) {
      out += range[0] + (anyCase ? otherCase(range[0]) : '');
      at += range[0].length;
      continue;
    }
    const code = codeIn(rest);
    if (code !== undefined) {
      out += hex(code.value);
      at += code.length;
      continue;
    }
    const character = rest[0] ?? '';
    if (character.charCodeAt(0) > 126) throw new Unsupported('holds characters that are not ASCII');
    if (character === '\\') {
      out += simpleEscape(rest);
      at += 2;
      continue;
    }
    out += character === '[' ? '\\[' : character;
    if (anyCase && /[A-Za-z]/.test(character)) out += otherCase(character);
    at += 1;
  }
  return out;
}

function otherCase(text: string): string {
  if (!/[A-Za-z]/.test(text)) return '';
  const swapped = text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
  return swapped === text ? '' : swapped;
}

/** `\x60`, `\x{60}` */
function codeIn(rest: string): { readonly value: number; readonly length: number } | undefined {
  const match = /^\\x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(rest);
  if (match === null) return undefined;
  const value = Number.parseInt(match[1] ?? match[2] ?? '', 16);
  if (value > 255) throw new Unsupported('holds characters that are not ASCII');
  return { value, length: match[0].length };
}

function hex(value: number): string {
  return `\\x${value.toString(16).padStart(2, '0')}`;
}

function simpleEscape(rest: string): string {
  const letter = rest[1] ?? '';
  if (/[dDwWsSbBnrtfv]/.test(letter)) return `\\${letter}`;
  if (letter === '' || /[A-Za-z0-9]/.test(letter))
    throw new Unsupported('uses an escape that cannot be translated');
  return `\\${letter}`;
}
