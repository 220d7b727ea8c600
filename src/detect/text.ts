// The bytes of a file → the bytes the engine reads: UTF-8 or bytes nobody can decode. UTF-16 is written anew as UTF-8, so
// that a UTF-16 file reports the very places of its UTF-8 twin.

export interface Text {
  /** What is scanned; the given bytes themselves, unless they were UTF-16 or UTF-32. */
  readonly bytes: Uint8Array;
  /** Bytes of a byte order mark at the start: no column. */
  readonly mark: number;
  /** Holds NUL bytes and is no UTF-16: only what has a form of its own is looked for. */
  readonly binary: boolean;
}

export function toText(bytes: Uint8Array): Text {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes[2] === 0 && bytes[3] === 0 && bytes.length >= 8
      ? wide32(bytes, true)
      : wide(bytes, 'utf-16le');
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return wide(bytes, 'utf-16be');
  if (bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0xfe && bytes[3] === 0xff)
    return wide32(bytes, false);
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  // One native search; text has no NUL byte and goes no further.
  if (!bytes.includes(0)) return { bytes, mark, binary: false };
  const encoding = zeroPattern(bytes);
  return encoding === null ? { bytes, mark, binary: true } : wide(bytes, encoding);
}

/** UTF-16 without a byte order mark (PowerShell, .NET): nearly every second byte of Western text is zero, on one side only. */
function zeroPattern(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const length = Math.min(bytes.length, 8192) & ~1;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  const pairs = length / 2;
  if (pairs < 2) return null;
  if (odd >= pairs * 0.6 && even <= pairs * 0.02) return 'utf-16le';
  if (even >= pairs * 0.6 && odd <= pairs * 0.02) return 'utf-16be';
  return null;
}

function wide(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Text {
  let source = bytes;
  if (encoding === 'utf-16be') {
    source = Uint8Array.from(bytes.subarray(0, bytes.length & ~1));
    Buffer.from(source.buffer).swap16();
  }
  // Lone surrogates and an odd last byte become U+FFFD, as the WHATWG decoder has it.
  const text = new TextDecoder('utf-16le', { ignoreBOM: true }).decode(source);
  const utf8 = Buffer.from(text, 'utf8');
  return { bytes: utf8, mark: text.charCodeAt(0) === 0xfeff ? 3 : 0, binary: false };
}

function wide32(bytes: Uint8Array, little: boolean): Text {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, little);
    text +=
      code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
  }
  return { bytes: Buffer.from(text, 'utf8'), mark: 3, binary: false };
}
