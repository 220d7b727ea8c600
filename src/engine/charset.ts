import type { CharSet } from '../core/rule.ts';

/** 256 flags, one a byte value: 1 where the byte is in the set. */
export type ByteSet = Uint8Array;

const cache = new Map<CharSet, ByteSet>();

/**
 * Regex-class notation without brackets ('A-Z2-7', '\\w', 'A-Za-z0-9+/') → byte set. ASCII only; '-' stands for itself
 * at either end or after a backslash. Throws RangeError with the reason for anything else.
 */
export function byteSet(notation: CharSet): ByteSet {
  const known = cache.get(notation);
  if (known !== undefined) return known;
  const set = new Uint8Array(256);
  const units = [...notation];
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] ?? '';
    if (unit === '\\') {
      i++;
      const escaped = units[i];
      if (escaped === undefined)
        throw new RangeError(`character set "${notation}" ends in a backslash`);
      const named = escapes[escaped];
      if (named !== undefined) {
        byteSet(named).forEach((flag, byte) => {
          if (flag === 1) set[byte] = 1;
        });
        continue;
      }
      set[asciiCode(escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped, notation)] = 1;
      continue;
    }
    const first = asciiCode(unit, notation);
    if (units[i + 1] === '-' && i + 2 < units.length) {
      let upper = units[i + 2] ?? '';
      i += 2;
      if (upper === '\\') {
        i++;
        upper = units[i] ?? '';
      }
      const last = asciiCode(upper, notation);
      if (last < first)
        throw new RangeError(`character set "${notation}" has a range that runs backwards`);
      set.fill(1, first, last + 1);
    } else {
      set[first] = 1;
    }
  }
  cache.set(notation, set);
  return set;
}

const escapes: Readonly<Record<string, CharSet>> = {
  w: 'A-Za-z0-9_',
  d: '0-9',
  s: ' \\t\\n',
};

function asciiCode(unit: string, notation: string): number {
  const code = unit.codePointAt(0);
  if (code === undefined || code > 126) {
    throw new RangeError(`character set "${notation}" holds something that is not ASCII`);
  }
  return code;
}

export function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

export const alnum = lettersAndDigitsWith('');
export const wordSet = lettersAndDigitsWith('_');
export const base64AnySet = lettersAndDigitsWith('+/_-');

/** Not through `byteSet`, which is more than most scans come to need. */
function lettersAndDigitsWith(others: string): ByteSet {
  const set = new Uint8Array(256).fill(1, 48, 58).fill(1, 65, 91).fill(1, 97, 123);
  for (let i = 0; i < others.length; i++) set[others.charCodeAt(i)] = 1;
  return set;
}

/** Bytes as text, one UTF-16 unit a byte. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i += 8192) {
    // Spreading a typed array is many times slower than applying it.
    const piece: unknown = Reflect.apply(
      String.fromCharCode,
      null,
      bytes.subarray(i, Math.min(to, i + 8192)),
    );
    text += String(piece);
  }
  return text;
}

/** The six bits of a base64 character of either alphabet. */
export function sextet(byte: number | undefined): number {
  if (byte === undefined) return 0;
  if (byte >= 97) return byte - 71;
  if (byte >= 65 && byte !== 95) return byte - 65;
  if (byte === 95) return 63;
  if (byte >= 48) return byte + 4;
  return byte === 43 || byte === 45 ? 62 : 63;
}
