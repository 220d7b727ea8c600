// Turns the examples of rules into text. A committed example must not look like a secret, so what is random in it is
// written as an expression and made here, the same way every time:
//
//   {{SET*40}}  {{SET*20-30}}   a run of characters, SET as in src/core/rule.ts: {{0-9a-f*32}}
//   {{name}}  {{name:variant}}  a value that has to be valid: {{github:ghp}}, {{pem:rsa}}; the table `generators` has them all
//   {{aws-id@111122223333}}     the part after @ is what a generator should build in
//   {{filter(text)}}            text encoded: {{b64(user:{{0-9a-f*32}})}}; the table `filters` has them all
//   {{raw(text)}}, {{ text }}   as it stands, for the templates of other tools
//
// The same expression is the same value everywhere in one example and another one in every other example; `#tag` makes
// several: {{aws-id#1}}, {{aws-id#2}}. ⟦…⟧ marks what must be found and may stand inside a filter, where it marks the
// smallest run of encoded characters that holds the value.

import { createHash } from 'node:crypto';

import type { Example } from '../../src/core/rule.ts';
import type { Kind } from '../../src/core/finding.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Expanded {
  readonly content: Buffer;
  /** The same bytes as a string; meaningless where a filter made UTF-16 of them. */
  readonly text: string;
  readonly path: string;
  /** Bytes of `content`, in order of place. */
  readonly expected: readonly Span[];
  readonly kinds: readonly Kind[] | undefined;
}

/** Another `seed` gives other values. */
export function expand(example: Example, seed = example.text): Expanded {
  const { bytes, marks } = parse(example.text, seed);
  return {
    content: bytes,
    text: bytes.toString('utf8'),
    path: example.path ?? 'example.txt',
    expected: [...marks].sort((a, b) => a.start - b.start || a.end - b.end),
    kinds: example.kinds,
  };
}

/** One value by itself, for tests that build their own text: `generate('aws-id', 'any seed')`. */
export function generate(expression: string, seed = ''): string {
  return evaluate(expression, seed).bytes.toString('utf8');
}

// ---------------------------------------------------------------------------------------------------------- templates

interface Marked {
  readonly bytes: Buffer;
  readonly marks: readonly Span[];
}

/** Where each byte of a filter's input begins and ends in its output. */
interface Encoded {
  readonly bytes: Buffer;
  readonly startOf: (index: number) => number;
  readonly endOf: (index: number) => number;
}

function parse(template: string, seed: string): Marked {
  const pieces: Buffer[] = [];
  const marks: Span[] = [];
  const open: number[] = [];
  let length = 0;
  const add = (bytes: Buffer): void => {
    pieces.push(bytes);
    length += bytes.length;
  };
  for (let at = 0; at < template.length;) {
    if (isExpression(template, at)) {
      const end = closing(template, at);
      const inner = evaluate(template.slice(at + 2, end), seed);
      marks.push(
        ...inner.marks.map(({ start, end: stop }) => ({
          start: start + length,
          end: stop + length,
        })),
      );
      add(inner.bytes);
      at = end + 2;
    } else if (template[at] === '⟦') {
      open.push(length);
      at += 1;
    } else if (template[at] === '⟧') {
      const start = open.pop();
      if (start === undefined) throw new Error(`⟧ without ⟦ in example: ${template}`);
      marks.push({ start, end: length });
      at += 1;
    } else {
      const next = nextSpecial(template, at + 1);
      add(Buffer.from(template.slice(at, next), 'utf8'));
      at = next;
    }
  }
  if (open.length > 0) throw new Error(`⟦ without ⟧ in example: ${template}`);
  return { bytes: Buffer.concat(pieces), marks };
}

function isExpression(template: string, at: number): boolean {
  return template.startsWith('{{', at) && /^\{\{[^{}"\s]/.test(template.slice(at, at + 3));
}

function nextSpecial(template: string, from: number): number {
  const places = ['{{', '⟦', '⟧']
    .map((sign) => template.indexOf(sign, from))
    .filter((at) => at >= 0);
  return Math.min(template.length, ...places);
}

const filterHead = /^([a-z0-9-]+)\(/;

/** The place of the `}}` that closes the expression opened at `at`. */
function closing(template: string, at: number): number {
  if (!filterHead.test(template.slice(at + 2))) {
    const end = template.indexOf('}}', at);
    if (end < 0) throw new Error(`{{ without }} in example: ${template}`);
    return end;
  }
  // a filter ends at its own `)}}`; JSON inside it may well hold `}}`
  for (let index = template.indexOf('(', at) + 1; index < template.length; index += 1) {
    if (template.startsWith(')}}', index)) return index + 1;
    if (isExpression(template, index)) index = closing(template, index) + 1;
  }
  throw new Error(`filter without )}} in example: ${template}`);
}

function evaluate(expression: string, seed: string): Marked {
  const filterName = filterHead.exec(expression)?.[1];
  if (filterName === 'raw') return plain(Buffer.from(expression.slice('raw('.length, -1)));
  if (filterName !== undefined) {
    const filter = filters[filterName];
    if (filter === undefined) throw new Error(`unknown filter in example: {{${expression}}}`);
    return applyFilter(filter, parse(expression.slice(filterName.length + 1, -1), seed));
  }
  const random = new Random(`${seed}\n${expression}`);
  const bare = expression.replace(/#\w+$/, '');
  const run = /^(.+)\*(\d+)(?:-(\d+))?$/s.exec(bare);
  if (run !== null) {
    const [, set = '', min = '', max = min] = run;
    const length = Number(min) + random.below(Number(max) - Number(min) + 1);
    return plain(Buffer.from(random.text(charactersOf(set), length)));
  }
  const [, name = '', variant, built] = /^([a-z0-9-]+)(?::([^@]+))?(?:@(.+))?$/.exec(bare) ?? [];
  const generator = generators[name];
  if (generator === undefined) throw new Error(`unknown generator in example: {{${expression}}}`);
  return plain(Buffer.from(generator(random, variant, built), 'utf8'));
}

function plain(bytes: Buffer): Marked {
  return { bytes, marks: [] };
}

function applyFilter(filter: Filter, input: Marked): Marked {
  const encoded = filter(input.bytes);
  const marks = input.marks.map(({ start, end }) =>
    // a value that fills the whole encoded run, but for a line end, has its padding too
    start === 0 && /^\r?\n?$/.test(input.bytes.toString('latin1', end))
      ? { start: 0, end: encoded.bytes.length }
      : { start: encoded.startOf(start), end: encoded.endOf(end - 1) },
  );
  return { bytes: encoded.bytes, marks };
}

/** 'A-Z2-7' → its characters; a backslash takes the next one literally; \w stands for letters, digits and _. */
export function charactersOf(set: string): string {
  let characters = '';
  for (let index = 0; index < set.length; index += 1) {
    let from = set[index] ?? '';
    if (from === '\\') {
      index += 1;
      from = set[index] ?? '';
      if (from === 'w' || from === 'd') {
        characters += charactersOf(from === 'w' ? '0-9A-Za-z_' : '0-9');
        continue;
      }
    }
    if (set[index + 1] === '-' && index + 2 < set.length) {
      const to = set[index + 2] === '\\' ? set[index + 3] : set[index + 2];
      index += set[index + 2] === '\\' ? 3 : 2;
      for (let code = from.charCodeAt(0); code <= (to ?? '').charCodeAt(0); code += 1)
        characters += String.fromCharCode(code);
    } else {
      characters += from;
    }
  }
  return characters;
}

// ------------------------------------------------------------------------------------------------------------- random

/** A stream of bytes that depends on its seed alone. */
class Random {
  private readonly seed: string;
  private block: Buffer = Buffer.alloc(0);
  private used = 0;
  private blocks = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  byte(): number {
    if (this.used === this.block.length) {
      this.block = createHash('sha256').update(`${this.blocks}\n${this.seed}`).digest();
      this.blocks += 1;
      this.used = 0;
    }
    const value = this.block[this.used] ?? 0;
    this.used += 1;
    return value;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.byte()));
  }

  /** 0 … limit - 1; the slight bias of a modulus is of no matter here. */
  below(limit: number): number {
    return ((this.byte() * 256 + this.byte()) * 65_536 + this.byte() * 256 + this.byte()) % limit;
  }

  /** Long runs hold every class of character of their set, as real tokens nearly always do. */
  text(characters: string, length: number): string {
    const classes = [/[0-9]/, /[a-z]/, /[A-Z]/].filter((one) => one.test(characters));
    for (;;) {
      const text = Array.from(
        { length },
        () => characters[this.below(characters.length)] ?? '',
      ).join('');
      if (length < 16 || classes.every((one) => one.test(text))) return text;
    }
  }
}

// ------------------------------------------------------------------------------------------------------------ filters

type Filter = (bytes: Buffer) => Encoded;

const filters: Readonly<Record<string, Filter>> = {
  b64: (bytes) => base64(bytes, bytes.toString('base64')),
  /** URL alphabet, no padding. */
  b64url: (bytes) => base64(bytes, bytes.toString('base64url')),
  /** Every byte that is not a letter, a digit or one of -_.~ as %XX. */
  pct: (bytes) => byteByByte(bytes, (byte) => (unreserved.test(char(byte)) ? null : percent(byte))),
  /** As the inside of a JSON string. */
  json: (bytes) => byteByByte(bytes, (byte) => jsonEscapes[char(byte)] ?? null),
  /** PHP's and some JavaScript's JSON: / as \/. */
  slash: (bytes) => byteByByte(bytes, (byte) => (char(byte) === '/' ? '\\/' : null)),
  /** All of it as \xXX. */
  hex: (bytes) => byteByByte(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`),
  /** All of it as \uXXXX. */
  unicode: (bytes) => byteByByte(bytes, (byte) => `\\u${byte.toString(16).padStart(4, '0')}`),
  /** What XML and HTML writers escape, + and / as numbers. */
  html: (bytes) => byteByByte(bytes, (byte) => entities[char(byte)] ?? null),
  /** "AKIA…" as the inside of "AKI" + "A…": cut after a third, joined again in some language. */
  plus: (bytes) => cut(bytes, '" + "'),
  dot: (bytes) => cut(bytes, "' . '"),
  adjacent: (bytes) => cut(bytes, '"\n    "'),
  items: (bytes) => cut(bytes, "', '"),
  continued: (bytes) => cut(bytes, '\\\n'),
  /** Lines after the first indented by four spaces. */
  indent: (bytes) => byteByByte(bytes, (byte) => (char(byte) === '\n' ? '\n    ' : null)),
  crlf: (bytes) => byteByByte(bytes, (byte) => (char(byte) === '\n' ? '\r\n' : null)),
  'utf-16le': (bytes) => byteByByte(bytes, (byte) => `${char(byte)}\0`),
  'utf-16be': (bytes) => byteByByte(bytes, (byte) => `\0${char(byte)}`),
};

const unreserved = /[0-9A-Za-z\-_.~]/;
const jsonEscapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
};
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '+': '&#43;',
  '/': '&#x2F;',
  '=': '&#61;',
};

function char(byte: number): string {
  return String.fromCharCode(byte);
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function base64(input: Buffer, output: string): Encoded {
  return {
    bytes: Buffer.from(output),
    startOf: (index) => Math.floor((index * 4) / 3),
    endOf: (index) => Math.min(output.length, Math.ceil(((index + 1) * 4) / 3)),
  };
}

function cut(input: Buffer, joint: string): Encoded {
  const at = Math.max(1, Math.floor(input.length / 3));
  return {
    bytes: Buffer.concat([input.subarray(0, at), Buffer.from(joint), input.subarray(at)]),
    startOf: (index) => (index < at ? index : index + joint.length),
    endOf: (index) => (index < at ? index + 1 : index + 1 + joint.length),
  };
}

/** null leaves a byte as it is. */
function byteByByte(input: Buffer, encode: (byte: number) => string | null): Encoded {
  const starts: number[] = [];
  const pieces: Buffer[] = [];
  let length = 0;
  for (const byte of input) {
    const text = encode(byte);
    const piece = text === null ? Buffer.from([byte]) : Buffer.from(text, 'latin1');
    starts.push(length);
    pieces.push(piece);
    length += piece.length;
  }
  return {
    bytes: Buffer.concat(pieces),
    startOf: (index) => starts[index] ?? length,
    endOf: (index) => starts[index + 1] ?? length,
  };
}

// --------------------------------------------------------------------------------------------------------- generators

type Generator = (random: Random, variant: string | undefined, built: string | undefined) => string;

const base32 = charactersOf('A-Z2-7');
const base62 = charactersOf('0-9A-Za-z');

const generators: Readonly<Record<string, Generator>> = {
  /** {{aws-id}} is an AKIA id that names an account; :ASIA and the like change the prefix; :old names no account. */
  'aws-id': (random, variant = 'AKIA', account) =>
    variant === 'old'
      ? `AKIA${random.text('IJ', 1)}${random.text(base32, 15)}`
      : variant + accountBody(random, account),
  /** {{aws-secret}}; :/ ends with a slash, :+ begins with a plus. */
  'aws-secret': (random, variant) => {
    const text = random.bytes(30).toString('base64');
    return variant === '/' ? `${text.slice(1)}/` : variant === '+' ? `+${text.slice(1)}` : text;
  },
  /** A session token with today's head; :pad ends with ==; :long has 1,200 characters. */
  'aws-token': (random, variant) => {
    const head = Buffer.from('!\n\torigin_ec', 'latin1');
    const length = variant === 'long' ? 888 : variant === 'pad' ? 289 : 288;
    return Buffer.concat([head, random.bytes(length)]).toString('base64');
  },
  /** SES SMTP password, version 4. */
  'aws-smtp': (random) => Buffer.concat([Buffer.from([4]), random.bytes(32)]).toString('base64'),
  /** {{github:ghp}} … {{github:ghr}}: checksum right. */
  github: (random, variant = 'ghp') =>
    withBase62Crc(random, `${variant}_`, variant === 'ghr' ? 70 : 30),
  npm: (random) => withBase62Crc(random, 'npm_', 30),
  /** {{gitlab:glpat}}: the routable form, whose checksum is right; {{gitlab:glpat@01}} with a version. */
  gitlab: (random, variant = 'glpat', version) => {
    const payload = random.text(charactersOf('A-Za-z0-9_\\-'), 27);
    const length = payload.length.toString(36).padStart(2, '0');
    const checked = `${variant}-${payload}.${version === undefined ? '' : `${version}.`}${length}`;
    return checked + crc32(Buffer.from(checked)).toString(36).padStart(7, '0');
  },
  uuid: (random) => {
    const hex = random.bytes(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  },
  /** A whole private key file: :rsa, :rsa-encrypted, :pkcs8, :encrypted, :ec, :ed25519, :openssh, :openssh-encrypted, :public, :certificate. */
  pem: (random, variant = 'rsa') => pem(random, variant),
  /** PuTTY's; :encrypted. */
  ppk: (random, variant) => ppk(random, variant === 'encrypted'),
};

/** Characters 5–20 of a key id: the generation bit, the account, chance (see src/aws). */
function accountBody(random: Random, account = random.text('123456789', 12)): string {
  const named = (1n << 47n) | (BigInt(account) << 7n) | BigInt(random.below(128));
  const bits = (named << 2n) | BigInt(random.below(4));
  const head = Array.from({ length: 10 }, (_, index) => {
    const value = Number((bits >> BigInt(45 - index * 5)) & 31n);
    return base32[value] ?? '';
  });
  return head.join('') + random.text(base32, 6);
}

function withBase62Crc(random: Random, prefix: string, length: number): string {
  const body = random.text(base62, length);
  return prefix + body + toBase62(crc32(Buffer.from(body))).padStart(6, '0');
}

function toBase62(value: number): string {
  const digits = charactersOf('0-9A-Za-z');
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62))
    text = (digits[rest % 62] ?? '') + text;
  return text;
}

/** Bit by bit, on purpose another implementation than the one that is tested with it. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

// ---------------------------------------------------------------------------------------------- keys that have a structure

// The structure is right, the numbers are chance: nobody can use such a key, and every parser reads it.

function pem(random: Random, variant: string): string {
  switch (variant) {
    case 'rsa':
      return armour('RSA PRIVATE KEY', rsaKey(random));
    case 'rsa-encrypted':
      return armour('RSA PRIVATE KEY', random.bytes(608), [
        'Proc-Type: 4,ENCRYPTED',
        `DEK-Info: AES-128-CBC,${random.bytes(16).toString('hex').toUpperCase()}`,
        '',
      ]);
    case 'pkcs8':
      return armour('PRIVATE KEY', pkcs8(rsaAlgorithm, rsaKey(random)));
    case 'encrypted':
      return armour(
        'ENCRYPTED PRIVATE KEY',
        sequence(
          sequence(objectId('2a864886f70d01050d'), sequence(octets(random.bytes(8)))),
          octets(random.bytes(1232)),
        ),
      );
    case 'ec':
      return armour(
        'EC PRIVATE KEY',
        sequence(
          integer(Buffer.from([1])),
          octets(random.bytes(32)),
          tlv(0xa0, objectId('2a8648ce3d030107')),
          tlv(0xa1, tlv(0x03, Buffer.concat([Buffer.from([0, 4]), random.bytes(64)]))),
        ),
      );
    case 'ed25519':
      return armour('PRIVATE KEY', pkcs8(sequence(objectId('2b6570')), octets(random.bytes(32))));
    case 'openssh':
    case 'openssh-encrypted':
      return armour(
        'OPENSSH PRIVATE KEY',
        openSsh(random, variant === 'openssh-encrypted'),
        [],
        70,
      );
    case 'public':
      return armour(
        'PUBLIC KEY',
        sequence(rsaAlgorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), random.bytes(270)]))),
      );
    case 'certificate':
      return armour(
        'CERTIFICATE',
        sequence(sequence(random.bytes(600)), rsaAlgorithm, tlv(0x03, random.bytes(257))),
      );
    default:
      throw new Error(`unknown kind of PEM block: ${variant}`);
  }
}

function armour(type: string, body: Buffer, headers: readonly string[] = [], width = 64): string {
  const lines = body.toString('base64').match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  return [`-----BEGIN ${type}-----`, ...headers, ...lines, `-----END ${type}-----`].join('\n');
}

function rsaKey(random: Random): Buffer {
  const numbers = [256, 3, 256, 128, 128, 128, 128, 128].map((length) =>
    integer(positive(random, length)),
  );
  return sequence(integer(Buffer.from([0])), ...numbers);
}

function positive(random: Random, length: number): Buffer {
  const bytes = random.bytes(length);
  bytes[0] = 0x41;
  return bytes;
}

function pkcs8(algorithm: Buffer, key: Buffer): Buffer {
  return sequence(integer(Buffer.from([0])), algorithm, octets(key));
}

const rsaAlgorithm = sequence(objectId('2a864886f70d010101'), tlv(0x05, Buffer.alloc(0)));

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return tlv(0x02, bytes);
}

function octets(bytes: Buffer): Buffer {
  return tlv(0x04, bytes);
}

function objectId(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function tlv(tag: number, bytes: Buffer): Buffer {
  const { length } = bytes;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}

function openSsh(random: Random, encrypted: boolean): Buffer {
  const publicKey = Buffer.concat([lengthFirst('ssh-ed25519'), lengthFirst(random.bytes(32))]);
  const check = random.bytes(4);
  const secret = Buffer.concat([
    check,
    check,
    publicKey,
    lengthFirst(random.bytes(64)),
    lengthFirst('dana@moonbakery'),
    Buffer.from([1, 2]),
  ]);
  const kdf = encrypted
    ? Buffer.concat([lengthFirst(random.bytes(16)), Buffer.from([0, 0, 0, 16])])
    : Buffer.alloc(0);
  return Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    lengthFirst(encrypted ? 'aes256-ctr' : 'none'),
    lengthFirst(encrypted ? 'bcrypt' : 'none'),
    lengthFirst(kdf),
    Buffer.from([0, 0, 0, 1]),
    lengthFirst(publicKey),
    lengthFirst(encrypted ? random.bytes(160) : secret),
  ]);
}

function lengthFirst(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

function ppk(random: Random, encrypted: boolean): string {
  const publicKey = Buffer.concat([lengthFirst('ssh-ed25519'), lengthFirst(random.bytes(32))]);
  const lines = (bytes: Buffer): readonly string[] =>
    bytes.toString('base64').match(/.{1,64}/g) ?? [];
  const publicLines = lines(publicKey);
  const privateLines = lines(random.bytes(encrypted ? 48 : 36));
  return [
    'PuTTY-User-Key-File-3: ssh-ed25519',
    `Encryption: ${encrypted ? 'aes256-cbc' : 'none'}`,
    'Comment: dana@moonbakery',
    `Public-Lines: ${publicLines.length}`,
    ...publicLines,
    `Private-Lines: ${privateLines.length}`,
    ...privateLines,
    `Private-MAC: ${random.bytes(32).toString('hex')}`,
  ].join('\n');
}
