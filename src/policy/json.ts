import { UserError } from '../core/errors.ts';

// Strict JSON that remembers where everything stands, so that a mistake in a configuration or baseline is reported with
// its line and column. JSON.parse knows no places, keeps one of two equal keys, and quotes the file in its messages.

export interface JsonNode {
  readonly start: number;
  /** Objects have no prototype, so that no key is special. */
  readonly value: unknown;
  /** Of an object, in the order of the file, equal keys included. */
  readonly members?: readonly JsonMember[];
  /** Of an array. */
  readonly items?: readonly JsonNode[];
}

export interface JsonMember {
  readonly key: string;
  readonly start: number;
  readonly node: JsonNode;
}

export interface JsonFile {
  readonly root: JsonNode;
  /** `name:line:column` of an offset. */
  at(offset: number): string;
  /** The same for a path of keys and indexes; as much of the path as is there. `key` means the last key itself. */
  where(path: readonly PropertyKey[], what?: 'key' | 'value'): string;
}

/** Deeper than anything a person writes, shallow enough for the stack. */
const maxDepth = 64;

/** `name` is how messages call the file. Equal keys are an error unless `repeats` is set. */
export function parseJson(text: string, name: string, repeats = false): JsonFile {
  const at = (offset: number): string => `${name}:${lineAndColumn(text, offset)}`;
  const root = new Parser(text, at, repeats).document();
  return {
    root,
    at,
    where: (path, what = 'value') => at(offsetOf(root, path, what)),
  };
}

/** A piece of a hostile file, fit for a message: one line, short, nothing invisible. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function offsetOf(root: JsonNode, path: readonly PropertyKey[], what: 'key' | 'value'): number {
  let node = root;
  let offset = root.start;
  for (const step of path) {
    const member = node.members?.findLast(({ key }) => key === String(step));
    const next = member?.node ?? node.items?.[Number(step)];
    if (next === undefined) return offset;
    offset = what === 'key' && member !== undefined ? member.start : next.start;
    node = next;
  }
  return offset;
}

function lineAndColumn(text: string, offset: number): string {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return `${line}:${offset - start + 1}`;
}

class Parser {
  private readonly text: string;
  private readonly at: (offset: number) => string;
  private readonly repeats: boolean;
  private position = 0;

  constructor(text: string, at: (offset: number) => string, repeats: boolean) {
    this.text = text;
    this.at = at;
    this.repeats = repeats;
  }

  document(): JsonNode {
    const node = this.value(0);
    this.blank();
    if (this.position < this.text.length) this.fail('something stands after the end of the JSON');
    return node;
  }

  private value(depth: number): JsonNode {
    if (depth > maxDepth) this.fail(`nested deeper than ${maxDepth} levels`);
    this.blank();
    const start = this.position;
    switch (this.text[start]) {
      case '{':
        return this.object(start, depth);
      case '[':
        return this.array(start, depth);
      case '"':
        return { start, value: this.string() };
      default:
        return { start, value: this.scalar() };
    }
  }

  private object(start: number, depth: number): JsonNode {
    const members: JsonMember[] = [];
    const value: Record<string, unknown> = { __proto__: null };
    this.list('}', () => {
      const keyStart = this.position;
      if (this.text[keyStart] !== '"') this.fail(this.notAKey());
      const key = this.string();
      if (!this.repeats && key in value) this.fail(`${quote(key)} is given twice`, keyStart);
      this.blank();
      if (this.text[this.position] !== ':') this.fail(`a colon is missing after ${quote(key)}`);
      this.position += 1;
      const node = this.value(depth + 1);
      members.push({ key, start: keyStart, node });
      value[key] = node.value;
    });
    return { start, value, members };
  }

  private array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.list(']', () => items.push(this.value(depth + 1)));
    return { start, value: items.map(({ value }) => value), items };
  }

  /** From the opening bracket to behind the closing one. */
  private list(close: '}' | ']', element: () => void): void {
    this.position += 1;
    this.blank();
    if (this.text[this.position] === close) {
      this.position += 1;
      return;
    }
    for (;;) {
      element();
      this.blank();
      const next = this.text[this.position];
      const here = this.position;
      if (next !== ',' && next !== close) this.fail(`a comma or ${close} is missing`);
      this.position += 1;
      if (next === close) return;
      this.blank();
      if (this.text[this.position] === close)
        this.fail(`a comma stands before ${close}; remove it`, here);
    }
  }

  private string(): string {
    const start = this.position;
    let end = start + 1;
    for (;;) {
      stringSpecial.lastIndex = end;
      const special = stringSpecial.exec(this.text);
      if (special?.[0] === '"') break;
      stringEscape.lastIndex = special?.index ?? start;
      const escape = special?.[0] === '\\' ? stringEscape.exec(this.text)?.[0] : undefined;
      if (special === null || escape === undefined) {
        this.fail(
          'a string does not end, or holds a line break or an escape that JSON does not know',
          special?.index ?? start,
        );
      }
      end = special.index + escape.length;
    }
    const literal = this.text.slice(start, stringSpecial.lastIndex);
    this.position += literal.length;
    return String(JSON.parse(literal));
  }

  private scalar(): unknown {
    scalarShape.lastIndex = this.position;
    const literal = scalarShape.exec(this.text)?.[0];
    if (literal === undefined) return this.fail(this.notAValue());
    this.position += literal.length;
    return JSON.parse(literal);
  }

  private blank(): void {
    blankShape.lastIndex = this.position;
    this.position += blankShape.exec(this.text)?.[0].length ?? 0;
    const next = this.text.slice(this.position, this.position + 2);
    if (next === '//' || next === '/*') this.fail('JSON has no comments; remove this one');
    if (conflictShape.test(this.text.slice(this.position, this.position + 8))) {
      this.fail('a merge conflict is not resolved here', this.position, conflictHint);
    }
  }

  private notAKey(): string {
    return this.position >= this.text.length
      ? 'the file ends too early'
      : this.text[this.position] === "'"
        ? 'keys stand in double quotes, not single ones'
        : 'a key in double quotes is missing';
  }

  private notAValue(): string {
    const rest = this.text.slice(this.position, this.position + 1);
    return rest === ''
      ? 'the file ends too early'
      : rest === "'"
        ? 'strings stand in double quotes, not single ones'
        : 'this is not a JSON value';
  }

  private fail(message: string, offset = this.position, hint = plainHint): never {
    throw new UserError(`${this.at(Math.min(offset, this.text.length))}: ${message}`, { hint });
  }
}

const plainHint = 'Mend the file there; it must be plain JSON.';
const conflictHint = 'Keep the lines of both sides, and take the marks of git out.';

const blankShape = /[ \t\r\n]*/y;
const stringSpecial = /["\\\u0000-\u001f]/g;
const stringEscape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const scalarShape =
  /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.+-])/y;
const conflictShape = /^(?:<{7}|={7}|>{7}|\|{7})/;
