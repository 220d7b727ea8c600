// A private key is told by its content. A header alone stands in every parser, manual and test.

import type { Checks } from '../check.ts';

export interface PrivateKey {
  /** As people call it. */
  readonly format: string;
  readonly encrypted: boolean;
  /** The same for every way to lay it out: indented, in one line, with other line ends. */
  readonly body: string;
}

export const privateKeyChecks: Checks = {
  'private-key': (value, { before }) => {
    const key = readPrivateKey(value, before);
    if (key === undefined) return false;
    return key.encrypted
      ? {
          severity: 'medium',
          title: `Encrypted private key (${key.format})`,
          canonical: key.body,
        }
      : { title: `Private key (${key.format})`, canonical: key.body };
  },
};

/** `before` is what precedes the text, for a text that lacks its first line. */
export function readPrivateKey(text: string, before: string): PrivateKey | undefined {
  const plain = unescapeLines(text);
  if (/^\s*PuTTY-User-Key-File-/.test(plain)) return readPutty(plain);
  const label =
    /-----BEGIN ([A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?)-----/.exec(plain) ??
    /-----BEGIN ([A-Z0-9 ]{0,24}PRIVATE KEY(?: BLOCK)?)-----\W*$/.exec(unescapeLines(before));
  const inside = plain
    .replace(/^[^]*?-----BEGIN [^-]*-----/, '')
    .replace(/-----END [^-]*-{0,5}[^]*$/, '');
  const { headers, body } = splitHeaders(inside);
  if (label?.[1] === 'PGP PRIVATE KEY BLOCK') return readPgp(body);
  const bytes = decodeBody(body);
  if (bytes === undefined) return undefined;
  if (bytes.subarray(0, openSshMagic.length).equals(openSshMagic)) return readOpenSsh(bytes);
  if (/Proc-Type:\s*4,\s*ENCRYPTED/i.test(headers))
    return bytes.length >= 48
      ? { format: pemFormat(label?.[1]), encrypted: true, body: bodyOf(bytes) }
      : undefined;
  return readDer(bytes, label?.[1]);
}

/** Line ends written as escapes, once or twice over, become line ends. */
function unescapeLines(text: string): string {
  return text.replace(/\\{1,4}r(?=\\{1,4}n)/g, '').replace(/\\{1,4}[nr]/g, '\n');
}

function splitHeaders(inside: string): { readonly headers: string; readonly body: string } {
  const lines = inside.split(/\r\n|\r|\n/);
  const isHeader = (line: string): boolean => /^\W{0,16}[A-Za-z][A-Za-z-]{2,30}: \S/.test(line);
  const last = lines.findLastIndex(isHeader);
  return { headers: lines.slice(0, last + 1).join('\n'), body: lines.slice(last + 1).join('\n') };
}

/** Undefined unless all of it is base64, but for what source code and comments put around lines. */
function decodeBody(body: string): Buffer | undefined {
  const text = body.split('\n').map(bareLine).join('').replace(/\\\//g, '/');
  if (text.includes('EXAMPLE')) return undefined; // as AWS marks the keys of its manuals
  return /^[A-Za-z0-9+/]{40,}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** A line of base64 without its indentation, comment sign, quotes, concatenation and continuation. */
function bareLine(line: string): string {
  const trimmed = line.trim().replace(/^(?:#|\/\/[/!]?|\*|>|;|\||--)(?:[ \t]+|$)/, '');
  const unquoted = trimmed
    .replace(/^[+.&]?[ \t]?[bfr]?\\?["'`]/, '')
    .replace(/\\?["'`][ \t]?[+.&,;)]{0,3}[ \t]?\\?$/, '')
    // what follows the quote, where the line end before it was written as an escape
    .replace(/^[+.&,;)]{1,3}$/, '')
    .replace(/\\$/, '');
  return unquoted.trim();
}

const openSshMagic = Buffer.from('openssh-key-v1\0', 'latin1');

function readOpenSsh(bytes: Buffer): PrivateKey | undefined {
  const at = openSshMagic.length;
  if (bytes.length < at + 64) return undefined;
  const length = bytes.readUInt32BE(at);
  const cipher = bytes.toString('latin1', at + 4, at + 4 + Math.min(length, 64));
  return { format: 'OpenSSH', encrypted: cipher !== 'none', body: bodyOf(bytes) };
}

function bodyOf(bytes: Buffer): string {
  return bytes.toString('base64');
}

function pemFormat(label: string | undefined): string {
  const kind = /^(RSA|EC|DSA) /.exec(label ?? '')?.[1];
  return kind === undefined ? 'PKCS #8' : kind;
}

const tag = { integer: 0x02, octets: 0x04, sequence: 0x30 } as const;

/**
 * PKCS #1, SEC 1, PKCS #8: a sequence that begins with a version number and is as long as it says. A key that has lost a
 * few characters is still one, since most of a prime is enough, and so is one with the padding of a cipher behind it; two
 * lines of an example are not.
 */
function readDer(bytes: Buffer, label: string | undefined): PrivateKey | undefined {
  const outer = header(bytes, 0);
  if (outer?.tag !== tag.sequence) return undefined;
  if (bytes.length < outer.end * 0.8 || bytes.length > outer.end + 16) return undefined;
  const first = element(bytes, outer.start);
  const second = first === undefined ? undefined : element(bytes, first.end);
  if (first === undefined || second === undefined) return undefined;
  if (first.tag === tag.sequence && second.tag === tag.octets && second.end === outer.end)
    return { format: 'PKCS #8', encrypted: true, body: bodyOf(bytes) };
  const isPrivate =
    first.tag === tag.integer &&
    first.end - first.start === 1 &&
    (second.tag === tag.sequence || second.tag === tag.octets || second.tag === tag.integer);
  return isPrivate
    ? { format: pemFormat(label), encrypted: false, body: bodyOf(bytes) }
    : undefined;
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** Undefined when it does not fit. */
function element(bytes: Buffer, at: number): Element | undefined {
  const found = header(bytes, at);
  return found !== undefined && found.end <= bytes.length ? found : undefined;
}

function header(bytes: Buffer, at: number): Element | undefined {
  const kind = bytes[at];
  const first = bytes[at + 1];
  if (kind === undefined || first === undefined) return undefined;
  const more = first < 0x80 ? 0 : first & 0x7f;
  if (more > 3 || at + 2 + more > bytes.length) return undefined;
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
  const start = at + 2 + more;
  return { tag: kind, start, end: start + length };
}

function readPutty(text: string): PrivateKey | undefined {
  const encryption = /^Encryption:[ \t]*(\S+)/m.exec(text)?.[1];
  const lines = text.split(/\r\n|\r|\n/);
  const first = lines.findIndex((line) => /^Private-Lines:[ \t]*\d{1,3}\s*$/.test(line)) + 1;
  const last = lines.findIndex((line, index) => index > first && /^\s*Private-MAC/.test(line));
  if (encryption === undefined || first === 0 || last < 0) return undefined;
  const body = lines.slice(first, last).join('').replace(/\s/g, '');
  return /^[A-Za-z0-9+/]{24,}={0,2}$/.test(body)
    ? { format: 'PuTTY', encrypted: encryption !== 'none', body }
    : undefined;
}

/** OpenPGP: a secret-key packet; the byte after the public numbers says whether the rest is encrypted. */
function readPgp(body: string): PrivateKey | undefined {
  const bytes = decodeBody(body.replace(/\n\s*=[A-Za-z0-9+/]{4}\s*$/, ''));
  if (bytes === undefined) return undefined;
  const packet = pgpPacket(bytes);
  if (packet?.tag !== 5) return undefined;
  const usage = pgpUsage(packet.body);
  if (usage === undefined) return undefined;
  return { format: 'OpenPGP', encrypted: usage !== 0, body: bodyOf(bytes) };
}

function pgpPacket(bytes: Buffer): { readonly tag: number; readonly body: Buffer } | undefined {
  const head = bytes[0] ?? 0;
  const first = bytes[1] ?? 0;
  if ((head & 0x80) === 0 || bytes.length < 8) return undefined;
  if ((head & 0x40) === 0) {
    const skip = [2, 3, 5, 1][head & 3] ?? 1;
    return { tag: (head >> 2) & 15, body: bytes.subarray(skip) };
  }
  return { tag: head & 63, body: bytes.subarray(first < 192 ? 2 : first < 224 ? 3 : 6) };
}

/** Numbers of the public part by algorithm; those of elliptic curves begin with the name of the curve. */
const pgpNumbers: ReadonlyMap<number, number> = new Map([
  [1, 2],
  [2, 2],
  [3, 2],
  [16, 3],
  [17, 4],
  [18, 1],
  [19, 1],
  [22, 1],
]);

/** Keys whose public part is one number of a known size: X25519, X448, Ed25519, Ed448. */
const pgpSizes: ReadonlyMap<number, number> = new Map([
  [25, 32],
  [26, 56],
  [27, 32],
  [28, 57],
]);

function pgpUsage(body: Buffer): number | undefined {
  const version = body[0] ?? 0;
  const algorithm = body[5] ?? 0;
  // versions 5 and 6 say how long the public part is
  if (version === 5 || version === 6)
    return body.length >= 10 ? body[10 + body.readUInt32BE(6)] : undefined;
  if (version !== 4) return undefined;
  const size = pgpSizes.get(algorithm);
  if (size !== undefined) return body[6 + size];
  const numbers = pgpNumbers.get(algorithm);
  if (numbers === undefined) return undefined;
  let at = 6;
  if (algorithm >= 18) at += 1 + (body[at] ?? 0);
  for (let index = 0; index < numbers; index += 1) {
    if (at + 2 > body.length) return undefined;
    at += 2 + Math.ceil(body.readUInt16BE(at) / 8);
  }
  if (algorithm === 18) at += 1 + (body[at] ?? 0);
  return body[at];
}
